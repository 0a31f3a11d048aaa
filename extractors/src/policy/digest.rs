//! Items of a digest that tell of an act in a sentence: 【中国】商务部5月6日发布2031年第31号公告,自5月7日起…. Who acts, on which
//! day or under which number, and what is done must stand in it.

use jiff::civil::Date;

use super::briefing::Entry;
use super::dates;
use super::measure::{Days, Force, force, term, weak_force};
use super::number::{self, Number};
use super::passage::Passage;
use super::reported::is_authority;
use super::rules::rules;
use super::target::kind;
use crate::names::organisations::organisations;

/// Longest words in the marks before an item that name an economy, in characters.
const LONGEST_ECONOMY: usize = 24;
/// Words between the number of an act and what it does.
const PAPERS: [&str; 12] = ["号", "公告", "通知", "通告", "通函", "令", "实施条例", "条例", "决定", "的", "了", "裁定"];

/// Whether a passage is an item that begins with the economy of which it tells: 【中国】…
pub(super) fn is_item(passage: &Passage) -> bool {
    label(&passage.folded).is_some()
}

/// The act of which the first sentence of an item tells.
pub(super) fn read(passage: &Passage, reference: Option<Date>) -> Option<Entry> {
    let text = passage.folded.as_str();
    let listed = text.len() - text.trim_start_matches(['-', '*', '•', '·', ' ']).len();
    let from = label(text).unwrap_or(listed);
    let sentence = text[from..].split('。').next().unwrap_or_default();
    let captures = rules().digests.on(sentence).filter_map(|pattern| pattern.captures(sentence)).next()?;
    let issuer = captures.name("issuer").filter(|issuer| is_authority(issuer.as_str()))?;
    let told = captures.get(0)?.end();
    // 发布2031年第31号公告: of a number in another clause the act is another one.
    let own = |number: &Number| number.span.start >= told && !sentence[told..number.span.start].contains([',', ';']);
    let number = number::own(sentence).filter(own);
    let announced = dates::group(&captures, "day", reference);
    if number.is_none() && announced.is_none() {
        return None;
    }
    let start = number.as_ref().map_or(told, |number| number.span.end);
    let subject = subject(sentence, start);
    let words = passage.words(from + subject.start..from + subject.end);
    let said = &sentence[subject];
    if kind(&[said]).is_none() || rules().no_decisions.match_in(said) {
        return None;
    }
    let days = Days { announced, signed: announced, reference };
    let plain = force(sentence, days);
    let effective = plain.effective.or_else(|| weak_force(sentence, days).effective);
    let expires = plain.expires.or_else(|| term(sentence, effective?));
    Some(Entry {
        issuer: Some(passage.words(from + issuer.start()..from + issuer.end())),
        number: number.map(|found| found.number),
        subject: words,
        announced,
        force: Force { effective, expires },
        evidence: passage.whole(),
    })
}

/// Behind the economy in marks with which an item begins.
fn label(text: &str) -> Option<usize> {
    let open = text.chars().next().filter(|open| "【[".contains(*open))?;
    let close = text.find(['】', ']'])?;
    let name: Vec<char> = text[open.len_utf8()..close].chars().collect();
    let (length, _) = organisations().economies.at(&name, 0).filter(|_| name.len() <= LONGEST_ECONOMY)?;
    (length == name.len()).then(|| close + text[close..].chars().next().map_or(1, char::len_utf8))
}

/// The first clause that says what is done: behind the word for the paper and the days.
fn subject(sentence: &str, from: usize) -> std::ops::Range<usize> {
    let mut start = from;
    loop {
        let rest = sentence[start..].trim_start_matches([' ', ',', ':', '《', '(', ')']);
        start = sentence.len() - rest.len();
        let dated = rest.strip_prefix(['自', '从']).and_then(dates::leading).map(|day| '自'.len_utf8() + day);
        let paper = PAPERS.iter().find(|paper| rest.starts_with(**paper)).map(|paper| paper.len());
        let begun = rest.strip_prefix('起').map(|_| '起'.len_utf8());
        let Some(skip) = dated.or(paper).or(begun) else { break };
        start += skip;
    }
    let end = sentence[start..].find([',', ';']).map_or(sentence.len(), |at| start + at);
    start..end
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    /// Number, subject, day of the announcement and of effect.
    fn told(text: &str) -> Option<String> {
        let entry = read(&Passage::title(text), Some(date(2031, 5, 11)))?;
        let day = |day: Option<Date>| day.map_or_else(|| "-".to_owned(), |day| day.to_string());
        let number = entry.number.as_deref().unwrap_or("-");
        let force = (day(entry.force.effective), day(entry.force.expires));
        Some(format!("{number} | {} | {} | {} | {}", entry.subject, day(entry.announced), force.0, force.1))
    }

    #[test]
    fn an_item_tells_who_did_what_and_when() {
        for (text, expected) in [
            (
                "【中國】商務部5月6日發布2031年第31號公告，自5月7日起對某國魚粉終止徵收反傾銷稅。",
                "2031-31 | 對某國魚粉終止徵收反傾銷稅 | 2031-05-06 | 2031-05-07 | -",
            ),
            (
                "【美国】5月5日，美国贸易代表办公室宣布，将178项关税排除延长至2031年11月10日。",
                "- | 将178项关税排除延长至2031年11月10日 | 2031-05-05 | - | 2031-11-10",
            ),
            ("【日本】财务省5月8日公布调整石墨电极关税的政令", "- | 调整石墨电极关税的政令 | 2031-05-08 | - | -"),
        ] {
            assert_eq!(told(text).as_deref(), Some(expected), "{text}");
        }
        for text in [
            "【日本】财务省拟于下月就石墨电极关税作出决定。",
            "【中国】某公司5月6日宣布上调出口价格。",
            "【欧盟】5月4日，双方举行出口管制对话。",
            "【美国】5月5日，美国商务部宣布考虑限制芯片出口。",
        ] {
            assert_eq!(told(text), None, "{text}");
        }
    }
}
