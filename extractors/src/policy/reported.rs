//! What a page tells of somebody else's announcement, or of one about which a spokesperson is asked. It knows no head.

use jiff::civil::Date;

use bellwether_model::policy::PolicyAction;

use super::announcement::{HEAD, is_long_before};
use super::dates;
use super::measure::{Days, force, weak_force};
use super::number;
use super::passage::Passage;
use super::rules::rules;
use super::target::{category, kind, partner};
use crate::names::organisations::organisations;
use crate::page::names_no_article;

/// Whether a page answers questions about a measure: its title says so, or below the name of a site a question stands.
pub(super) fn is_answer(title: &Passage, passages: &[Passage]) -> bool {
    let lower = title.folded.to_lowercase();
    let titled = rules().answers.iter().any(|word| lower.contains(word.as_str()));
    titled || names_no_article(&title.written) && passages.iter().take(HEAD).any(asks)
}

/// Whether a passage is the question that a page answers.
fn asks(passage: &Passage) -> bool {
    ["问:", "有记者问:", "记者问:"].iter().any(|mark| passage.folded.trim_start().starts_with(mark))
}

/// The announcement of somebody else about which a spokesperson is asked: what the title says of it, what the text says,
/// or else what its title says beside the question.
pub(super) fn reported(
    passages: &[Passage],
    titled: Option<String>,
    otherwise: Option<String>,
    reference: Option<Date>,
) -> Option<PolicyAction> {
    passages.iter().filter(|p| p.table.is_none()).find_map(|passage| {
        let patterns = rules().reported.on(&passage.folded);
        let captures = patterns.flat_map(|pattern| pattern.captures_iter(&passage.folded)).find(|captures| {
            let undated = captures.name("day").is_none() && reference.is_some();
            let told = dates::group(captures, "day", reference).is_some_and(|day| !is_long_before(day, reference));
            let told = told || undated;
            told && captures.name("issuer").is_some_and(|issuer| is_authority(issuer.as_str()))
        })?;
        let announced = dates::group(&captures, "day", reference).or(reference)?;
        let issuer = passage.words(captures.name("issuer")?.range());
        let said = first_clause(&passage.words(captures.name("subject")?.range()));
        let subject = titled.clone().filter(|title| !title.is_empty()).unwrap_or(said);
        // 宣布将…列入…, 请问…? The clause may be the question.
        let subject = Some(subject).filter(|words| !words.contains(['?', '？'])).or_else(|| otherwise.clone())?;
        let days = Days { announced: Some(announced), signed: Some(announced), reference };
        let plain = passages.iter().map(|p| force(&p.folded, days)).find(|f| f.effective.is_some());
        let weak = || passages.iter().map(|p| weak_force(&p.folded, days)).find(|f| f.effective.is_some());
        let ends = || passages.iter().map(|p| force(&p.folded, days)).find(|f| f.expires.is_some());
        let force = plain.or_else(weak).or_else(ends).unwrap_or_default();
        Some(PolicyAction {
            partner: partner(&subject, Some(&issuer), None),
            category: category(&[&subject, &passage.folded]),
            kind: kind(&[&subject]),
            refers: Vec::new(),
            parts: Vec::new(),
            number: numbered(&passage.folded[captures.get(0)?.range()]),
            issuer: Some(issuer),
            subject,
            announced: Some(announced),
            effective: force.effective,
            expires: force.expires,
            originals: Vec::new(),
            evidence: passage.evidence(captures.get(0)?.range()),
        })
    })
}

/// The number under which it was announced: 发布2031年第5号公告, ….
fn numbered(told: &str) -> Option<String> {
    let number = number::own(told)?;
    let before = told[..number.span.start].trim_end();
    let announced = ["发布", "公布", "发布了", "公布了", "颁布", "签署", "签署了", "通过"]
        .iter()
        .any(|verb| before.ends_with(verb));
    announced.then_some(number.number)
}

/// What was announced without what follows it: 第19轮制裁措施，首次…. A clause of days says nothing of itself.
fn first_clause(words: &str) -> String {
    const SHORTEST: usize = 4;
    let clause = words.split(['，', ',']).find(|clause| {
        let dated = clause.starts_with(['自', '从', '從', '于', '於'])
            || ["将于", "將於", "将自", "將自", "将从", "將從"].iter().any(|word| clause.starts_with(word));
        clause.chars().count() >= SHORTEST && !dated
    });
    clause.unwrap_or(words).trim().to_owned()
}

/// An authority, an economy's name with one behind it (美国商务部产业与安全局), or another economy alone (美方).
pub(super) fn is_authority(issuer: &str) -> bool {
    let folded: Vec<char> = issuer.chars().collect();
    let known = organisations();
    let listed = known.listed.at(&folded, 0).is_some_and(|(_, organisation)| organisation.official);
    listed
        || known.economies.at(&folded, 0).is_some_and(|(length, economy)| {
            let body = known.listed.within(&folded, length, folded.len());
            economy.area.as_str() != "CN"
                && (length == folded.len()
                    || rules().offices.iter().any(|office| issuer.ends_with(office.as_str()))
                    || !body.is_empty()
                    || known.generic.authority.ending_at(&folded, folded.len()).is_some())
        })
}
