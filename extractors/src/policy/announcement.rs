//! Pages of an authority that announce one measure, and copies of them.

use bellwether_model::document::{BlockRole, Document};
use bellwether_model::evidence::CharacterIndex;
use bellwether_model::policy::PolicyAction;
use jiff::civil::Date;

use super::dates;
use super::measure::{Force, category, force, partner};
use super::number::{self, Number};
use super::passage::{Passage, passages};
use super::rules::{Field, rules};
use crate::fold::fold;
use crate::names::organisations::organisations;

/// So many of the first blocks are the head of an announcement, in which its own number stands.
const HEAD: usize = 10;
/// Longest block of a head: a longer one is text that may cite other announcements.
const LONGEST_HEAD: usize = 90;
/// Longest words before a subject that name the issuer, in bytes of folded text.
const LONGEST_ISSUER: usize = 60;
/// A title has at least so many bytes before brackets that repeat it.
const SHORTEST_TITLE: usize = 12;
/// Longest signature of a person with the office: 部长 秦刚.
const LONGEST_PERSON: usize = 8;
/// Longest signature: the names of the authorities that sign.
const LONGEST_SIGNATURE: usize = 60;

/// What a page says in its head, its labelled lines and its signature.
#[derive(Debug, Default)]
struct Head {
    number: Option<Number>,
    issuer: Option<String>,
    announced: Option<Date>,
    page_day: Option<Date>,
    source: Option<String>,
    subject: Option<String>,
    force: Force,
}

/// The measure that a page announces.
pub(super) fn read(document: &Document, reference: Option<Date>) -> Vec<PolicyAction> {
    let index = CharacterIndex::new(&document.text);
    let passages = passages(document, &index);
    let title = title(document, &passages);
    let answer = is_answer(&title.folded);
    if let Some(action) = answer.then(|| reported(&passages, reference)).flatten() {
        return vec![action];
    }
    let head = head(&passages, &title, answer, reference);
    let announced = head.announced.or(head.page_day).or(reference);
    let found = in_force(&passages, announced, reference);
    let subject = subject_of(&passages, &title, &head);
    if subject.is_empty()
        || head.number.is_none() && !answer && head.force == Force::default() && found == Force::default()
    {
        return Vec::new();
    }
    let issuer = head.issuer.or_else(|| document.publisher.clone());
    let opening =
        passages.iter().map(|p| p.folded.as_str()).find(|text| category(&[text]).is_some()).unwrap_or_default();
    vec![PolicyAction {
        partner: partner(&subject, issuer.as_deref()),
        category: category(&[&subject, opening]),
        number: head.number.map(|found| found.number),
        issuer,
        subject,
        announced,
        effective: found.effective.or(head.force.effective),
        expires: found.expires.or(head.force.expires),
        evidence: title.whole(),
    }]
}

/// The title's block; where the page has none, its first line that is no address and no label.
fn title(document: &Document, passages: &[Passage]) -> Passage {
    let titled = passages.iter().find(|p| {
        p.role == BlockRole::Title || !document.title.is_empty() && p.written.trim() == document.title.trim()
    });
    let plain = |p: &&Passage| {
        !p.folded.trim().starts_with("http") && p.field().is_none() && p.table.is_none() && !p.folded.trim().is_empty()
    };
    let found = titled.or_else(|| passages.iter().find(plain)).cloned();
    found.unwrap_or_else(|| Passage {
        folded: fold(&document.title),
        written: document.title.clone(),
        start: 0,
        role: BlockRole::Title,
        table: None,
    })
}

/// What the title says; where it is only an issuer or a number, what the labelled line says (主旨).
fn subject_of(passages: &[Passage], title: &Passage, head: &Head) -> String {
    let titled = subject(&subject_line(passages, title));
    let bare = titled.is_empty() || head.issuer.as_ref() == Some(&titled) || number::first(&titled).is_some();
    head.subject.clone().filter(|_| bare).unwrap_or(titled)
}

/// The title, or the line behind a title that is nothing but a number.
fn subject_line(passages: &[Passage], title: &Passage) -> Passage {
    let ends = number::first(&title.folded).is_some_and(|number| title.folded[number.span.end..].trim().is_empty());
    let behind = |p: &&Passage| p.start > title.start && is_head(p) && !p.folded.trim().is_empty();
    let next = passages.iter().find(behind).filter(|_| ends);
    next.unwrap_or(title).clone()
}

fn is_answer(title: &str) -> bool {
    let lower = title.to_lowercase();
    rules().answers.iter().any(|word| lower.contains(word.as_str()))
}

fn head(passages: &[Passage], title: &Passage, answer: bool, reference: Option<Date>) -> Head {
    let mut head = Head::default();
    for passage in passages {
        for (field, value) in passage.fields() {
            fill(&mut head, passage, field, value, reference);
        }
    }
    let first: String =
        passages.iter().take(HEAD).filter(|p| is_head(p)).map(|p| format!("{} ", p.folded.trim())).collect();
    if answer {
        head.number = None;
    } else if head.number.is_none() {
        // The letters of a letterhead stand apart: 公 告, 第 1 号.
        head.number = number::first(&title.folded)
            .or_else(|| number::first(&first))
            .or_else(|| number::first(&closed_up(&first)));
    }
    let signature = signature(passages, reference);
    let signer = || signature.as_ref().and_then(|(signer, _)| signer.clone());
    let named = issuer_of_title(title).or_else(|| letterhead(passages)).or_else(signer);
    head.issuer = named.or(head.issuer.take()).or(head.source.take());
    head.announced = head.announced.or_else(|| promulgated(&first, reference)).or(signature.map(|(_, day)| day));
    head
}

fn fill(head: &mut Head, passage: &Passage, field: Field, value: std::ops::Range<usize>, reference: Option<Date>) {
    let text = &passage.folded[value.clone()];
    let day = || dates::first(text, reference);
    match field {
        Field::Number if head.number.is_none() => head.number = number::bare(text),
        Field::Issuer if head.issuer.is_none() => {
            head.issuer = Some(passage.words(value).trim_end_matches(['.', '。']).to_owned());
        }
        Field::Announced if head.announced.is_none() => head.announced = day(),
        Field::Subject if head.subject.is_none() => head.subject = Some(passage.words(value)),
        Field::PageDay if head.page_day.is_none() => head.page_day = day(),
        Field::Source => {
            let first = text.split_whitespace().next().unwrap_or_default();
            let words: Vec<char> = first.chars().collect();
            let authority = organisations().listed.at(&words, 0).is_some_and(|(_, organisation)| organisation.official);
            if authority {
                head.source =
                    head.source.take().or_else(|| Some(passage.words(value.start..value.start + first.len())));
                // The day stands behind other labels of the same line.
                head.page_day = head.page_day.or_else(|| dates::first(&passage.folded[value.start..], reference));
            }
        }
        Field::Effective if head.force.effective.is_none() => head.force.effective = day(),
        Field::Expires if head.force.expires.is_none() => head.force.expires = day(),
        _ => {}
    }
}

fn is_head(passage: &Passage) -> bool {
    passage.table.is_none() && passage.folded.chars().count() <= LONGEST_HEAD && !passage.folded.contains("http")
}

fn closed_up(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

/// (2024年12月27日中华人民共和国外交部令第16号公布, …)
fn promulgated(head: &str, reference: Option<Date>) -> Option<Date> {
    let at = head.find("公布")?;
    let before = head[..at].rsplit(['(', '。', ' ']).next()?;
    dates::first(before, reference)
}

/// The organisations with which the title begins: 商务部 海关总署公告… .
fn issuer_of_title(title: &Passage) -> Option<String> {
    let folded: Vec<char> = title.folded.chars().collect();
    let written: Vec<char> = title.written.chars().collect();
    let known = organisations();
    let mut names: Vec<String> = Vec::new();
    let mut at = 0;
    while let Some(start) = (at..folded.len()).find(|&i| !folded[i].is_whitespace() && folded[i] != '、') {
        let economy = known.economies.at(&folded, start).map_or(0, |(length, _)| length);
        let Some((length, organisation)) = known.listed.at(&folded, start + economy) else { break };
        if !organisation.official {
            break;
        }
        at = start + economy + length;
        names.push(written[start..at].iter().collect());
    }
    (!names.is_empty()).then(|| names.join("、"))
}

/// The organisations of a head's line that gives its number or goes on to it: 中华人民共和国外交部令.
fn letterhead(passages: &[Passage]) -> Option<String> {
    let known = organisations();
    passages.iter().take(HEAD).filter(|p| is_head(p)).find_map(|passage| {
        let line: Vec<char> = passage.folded.chars().filter(|c| !c.is_whitespace()).collect();
        let (start, end, _) = known.listed.within(&line, 0, line.len()).into_iter().rfind(|(_, _, o)| o.official)?;
        let announces =
            line.get(end).is_some_and(|c| matches!(c, '令' | '公')) || number::first(&passage.folded).is_some();
        announces.then(|| line[start..end].iter().collect())
    })
}

/// The first line that is a date alone with a signature in the line before it: the authority that signs, if it is not
/// a person who does, and the day.
fn signature(passages: &[Passage], reference: Option<Date>) -> Option<(Option<String>, Date)> {
    let known = organisations();
    passages.windows(2).find_map(|pair| {
        let day = dates::is_only_date(&pair[1].folded).then(|| dates::first(&pair[1].folded, reference)).flatten()?;
        let signer: Vec<char> = pair[0].folded.chars().filter(|c| !c.is_whitespace()).collect();
        let authority = known.listed.within(&signer, 0, signer.len()).iter().any(|(_, _, o)| o.official);
        let person = signer.len() <= LONGEST_PERSON && signer.contains(&'长');
        let signed = authority || person || signer.ends_with(&['代', '章', ')']);
        let short = signer.len() <= LONGEST_SIGNATURE && !signer.contains(&'。');
        let name = (authority && !person).then(|| pair[0].written.split_whitespace().collect::<String>());
        (short && signed).then_some((name, day))
    })
}

/// The subject of a title: what is left without issuer, number and the words for an announcement.
fn subject(title: &Passage) -> String {
    let rules = rules();
    let text = without_translation(&title.folded);
    let mut start = number::first(text).map_or(0, |number| number.span.end);
    if text[start..].trim().is_empty() {
        start = 0;
    }
    // 不可靠实体清单工作机制关于…, 商务部新闻发言人就…: what stands before is the issuer.
    let opening = ["关于", "就"].iter().filter_map(|word| text[start..].find(word)).min();
    start += opening.filter(|at| *at <= LONGEST_ISSUER).unwrap_or(0);
    let trim_start =
        |at: usize| text.len() - text[at..].trim_start_matches([' ', ':', '-', ',', '—', '(', ')', '#']).len();
    start = trim_start(start);
    while let Some(word) = rules.subject_before.iter().find(|word| text[start..].starts_with(word.as_str())) {
        start = trim_start(start + word.len());
    }
    let mut end = start + text[start..].trim_end().len();
    while let Some(word) = rules.subject_after.iter().find(|word| text[start..end].ends_with(word.as_str())) {
        end = start + text[start..end - word.len()].trim_end().len();
    }
    title.words(start..end)
}

/// A title without the brackets behind it that say the same in another language.
fn without_translation(text: &str) -> &str {
    let bracket = text.find('(').filter(|at| *at >= SHORTEST_TITLE && text.trim_end().ends_with(')'));
    bracket.map_or(text, |at| &text[..at])
}

/// The first passage that says from when the measure is in force.
fn in_force(passages: &[Passage], announced: Option<Date>, reference: Option<Date>) -> Force {
    let texts =
        passages.iter().filter(|p| p.table.is_none() && p.field().is_none_or(|(field, _)| field == Field::Subject));
    let forces = texts.map(|p| force(&p.folded, announced, reference));
    forces.into_iter().find(|force| force.effective.is_some()).unwrap_or_default()
}

/// The announcement of somebody else about which a spokesperson is asked.
fn reported(passages: &[Passage], reference: Option<Date>) -> Option<PolicyAction> {
    passages.iter().filter(|p| p.table.is_none()).find_map(|passage| {
        let captures = rules()
            .reported
            .captures_iter(&passage.folded)
            .find(|captures| captures.name("issuer").is_some_and(|issuer| is_foreign_authority(issuer.as_str())))?;
        let announced = dates::group(&captures, "day", reference)?;
        let issuer = passage.words(captures.name("issuer")?.range());
        let subject = passage.words(captures.name("subject")?.range());
        let force =
            passages.iter().map(|p| force(&p.folded, Some(announced), reference)).find(|f| f.effective.is_some());
        let force = force.unwrap_or_default();
        Some(PolicyAction {
            partner: partner(&subject, Some(&issuer)),
            category: category(&[&subject, &passage.folded]),
            number: None,
            issuer: Some(issuer),
            subject,
            announced: Some(announced),
            effective: force.effective,
            expires: force.expires,
            evidence: passage.evidence(captures.get(0)?.range()),
        })
    })
}

/// An economy's name with an authority behind it (美国商务部产业与安全局), or an economy alone (美方).
fn is_foreign_authority(issuer: &str) -> bool {
    let folded: Vec<char> = issuer.chars().collect();
    let known = organisations();
    known.economies.at(&folded, 0).is_some_and(|(length, economy)| {
        let body = known.listed.within(&folded, length, folded.len());
        economy.area.as_str() != "CN"
            && (length == folded.len()
                || !body.is_empty()
                || known.generic.authority.ending_at(&folded, folded.len()).is_some())
    })
}
