//! Who announces: the organisations of a title, a letterhead or a signature. It knows no subject.

use bellwether_model::document::BlockRole;
use jiff::civil::Date;

use super::announcement::{HEAD, is_head};
use super::dates;
use super::number;
use super::passage::Passage;
use super::rules::rules;
use crate::names::organisations::organisations;
use crate::page;

/// Longest signature of a person with the office: 部长 秦刚.
const LONGEST_PERSON: usize = 8;
/// Longest signature: the names of the authorities that sign.
const LONGEST_SIGNATURE: usize = 60;

/// The organisations with which the title begins: 商务部 海关总署公告… .
pub(super) fn issuer_of_title(title: &Passage) -> Option<String> {
    organisations_at_start(title).map(|(_, names)| names.join("、"))
}

/// The official organisations with which a passage begins, and the character behind the last one.
pub(super) fn organisations_at_start(title: &Passage) -> Option<(usize, Vec<String>)> {
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
    (!names.is_empty()).then_some((at, names))
}

/// Who issues an act whose title, or a line of whose head, begins as such acts do: Commission Implementing Regulation ….
pub(super) fn issuer_of_act(title: &Passage, passages: &[Passage]) -> Option<String> {
    let begins = |passage: &Passage| {
        let words = passage.written.trim_start_matches(['#', '*', ' ']);
        let row =
            rules().issuers.iter().find(|row| row.begins.iter().any(|begin| words.starts_with(begin.as_str())))?;
        Some(row.name.clone())
    };
    passages.iter().take(HEAD).find_map(begins).or_else(|| begins(title))
}

/// The organisations of a head's line that gives its number or goes on to it: 中华人民共和国外交部令.
pub(super) fn letterhead(passages: &[Passage]) -> Option<String> {
    let known = organisations();
    passages.iter().take(HEAD).filter(|p| is_head(p)).find_map(|passage| {
        let line: Vec<char> = passage.folded.chars().filter(|c| !c.is_whitespace()).collect();
        let (start, end, _) = known.listed.within(&line, 0, line.len()).into_iter().rfind(|(_, _, o)| o.official)?;
        let announces =
            line.get(end).is_some_and(|c| matches!(c, '令' | '公')) || number::first(&passage.folded).is_some();
        let written = passage.written.chars().filter(|c| !c.is_whitespace());
        announces.then(|| written.skip(start).take(end - start).collect())
    })
}

/// The organisation of the first line of a head that is nothing but its name: Trade and Industry Department.
pub(super) fn headed(passages: &[Passage]) -> Option<String> {
    let lines = passages.iter().take(HEAD).filter(|p| is_head(p) && page::is_letterhead(&p.written));
    lines.filter_map(organisations_at_start).map(|(_, names)| names.join("、")).next()
}

/// The first line that is a date alone with a signature in the line before it: the authority that signs, if it is not
/// a person who does, and the day. The title of a page above its day signs nothing.
pub(super) fn signature(passages: &[Passage], reference: Option<Date>) -> Option<(Option<String>, Date)> {
    let known = organisations();
    passages.windows(2).find_map(|pair| {
        let day = dates::is_only_date(&pair[1].folded).then(|| dates::first(&pair[1].folded, reference)).flatten()?;
        let words = |text: &str| {
            let ascii = text.is_ascii();
            text.chars().filter(|c| ascii || !c.is_whitespace()).collect::<String>()
        };
        let signer: Vec<char> = words(pair[0].folded.trim()).chars().collect();
        let authority = known.listed.within(&signer, 0, signer.len()).iter().any(|(_, _, o)| o.official);
        let office = |title: &str| signer.iter().collect::<String>().contains(title);
        let titled = pair[0].role == BlockRole::Title || number::first(&pair[0].folded).is_some();
        let person = signer.len() <= LONGEST_PERSON && ["长", "总理", "主席", "主任"].into_iter().any(office);
        let signed = authority || person || signer.ends_with(&['代', '章', ')']);
        let short = signer.len() <= LONGEST_SIGNATURE && !signer.contains(&'。');
        let name = (authority && !person).then(|| words(pair[0].written.trim()));
        (short && signed && !titled).then_some((name, day))
    })
}
