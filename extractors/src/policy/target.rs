//! At whom a measure aims, who acts in its title, and what kind of act it is.

use bellwether_model::place::{Area, Partner};

use super::rules::{Kinds, rules};
use crate::fold::fold;
use crate::names::organisations::organisations;

/// The economies that a subject names, its issuer's own left out. `None`: none is named, so all are meant. `own` is the
/// economy whose measure it is, where its number tells.
pub(super) fn partner(subject: &str, issuer: Option<&str>, own: Option<&Area>) -> Option<Partner> {
    let mut issuers: Vec<Area> = issuer.map(economies).unwrap_or_default();
    issuers.extend(issuer.and_then(crate::names::organisation_area));
    issuers.extend(own.cloned());
    issuers.extend(actor(subject).map(|(_, area)| area));
    if let Some((own, other)) = pair(subject) {
        return Partner::of(&[if issuers.contains(&other) { own } else { other }]);
    }
    let aimed: Vec<Area> = economies(subject).into_iter().filter(|area| !issuers.contains(area)).collect();
    Partner::of(&aimed)
}

fn economies(text: &str) -> Vec<Area> {
    let folded: Vec<char> = without_asides(without_own_name(&in_title_case(&fold(text)))).chars().collect();
    let found = organisations().economies.within(&folded, 0, folded.len());
    let named = found.into_iter().map(|(_, _, economy)| economy.area.clone());
    let text: String = folded.iter().collect();
    let toward = rules().toward.iter().flat_map(|word| text.match_indices(word.as_str()));
    let letters = toward.filter_map(|(at, word)| {
        let mut behind = text[at + word.len()..].chars();
        let area = rules().letters.get(&behind.next()?)?;
        // 对中小企业, 自日前: a letter of another word.
        behind.next().is_none_or(|c| !"小心央期前内间国洲本华".contains(c)).then(|| area.clone())
    });
    named.chain(letters).collect()
}

/// Two economies with one character each that agree on something: 臺美…協定. The one whose text it is stands first.
fn pair(subject: &str) -> Option<(Area, Area)> {
    let folded = fold(subject);
    let mut letters = folded.trim_start_matches(['《', '「', '“']).chars();
    let area = |letter: Option<char>| rules().letters.get(&letter?).cloned();
    let (own, other) = (area(letters.next())?, area(letters.next())?);
    let behind = letters.as_str();
    let agreed = kind(&[behind]).is_some();
    let goes_on =
        behind.starts_with(|c: char| c.is_ascii_digit() || "双两间经贸关签就达自对联共投互第首在".contains(c));
    (own != other && agreed && goes_on).then_some((own, other))
}

/// Words in capitals alone as names are written: PEOPLE'S REPUBLIC OF CHINA.
fn in_title_case(text: &str) -> String {
    if text.contains(|c: char| c.is_ascii_lowercase()) {
        return text.to_owned();
    }
    let mut inside = false;
    let cased = text.chars().map(|c| {
        let lower = inside;
        inside = c.is_alphanumeric() || c == '\'';
        if lower { c.to_ascii_lowercase() } else { c }
    });
    cased.collect()
}

/// An act without the state in whose name it was enacted: 「中华民国输入动物检疫规定」.
fn without_own_name(text: &str) -> String {
    ["中华人民共和国", "中华民国"].iter().fold(text.to_owned(), |text, name| {
        ["「", "『", "《"].iter().fold(text, |text, mark| text.replace(&format!("{mark}{name}"), mark))
    })
}

/// A subject without the economies that it only tells of: … in view of the war against ….
fn without_asides(text: String) -> String {
    let asides = || rules().asides.on(&text);
    let Some(first) = asides().find(|pattern| pattern.is_match(&text)) else { return text };
    without_asides(first.replace_all(&text, "").into_owned())
}

/// The economy with which a subject begins where it acts: 美國暫停…, China suspends…. Its characters and its code.
pub(super) fn actor(subject: &str) -> Option<(usize, Area)> {
    // 中华人民共和国对外贸易…条例: the state's name begins that of an act.
    let subject = fold(subject);
    if subject.starts_with("中华人民共和国") || subject.starts_with("中华民国") {
        return None;
    }
    let folded: Vec<char> = subject.to_lowercase().chars().collect();
    let cased: Vec<char> = subject.chars().collect();
    let (mut length, economy) = organisations().economies.at(&cased, 0)?;
    // 欧盟委员会: a name of an authority may begin with that of the economy.
    let authority = organisations().listed.at(&cased, 0).filter(|(_, authority)| authority.official);
    length = authority.map_or(length, |(name, _)| name.max(length));
    // 美国商务部宣布, 荷兰政府扩大: the economy acts through an office of its own, or one below another.
    let economy_ends = length;
    while let Some((office, _)) = organisations().listed.at(&cased, length).filter(|(_, office)| office.official) {
        length += office;
    }
    let office = rules().offices.iter().find(|office| starts_with(&folded[length..], office));
    length += office.filter(|_| length == economy_ends).map_or(0, |office| office.chars().count());
    let behind: String = folded.get(length..)?.iter().take(12).collect();
    let acts = rules().acts.iter().any(|word| behind.trim_start().starts_with(word.as_str()));
    acts.then(|| (length, economy.area.clone()))
}

fn starts_with(text: &[char], word: &str) -> bool {
    word.chars().eq(text.iter().take(word.chars().count()).copied())
}

/// The instrument that the first of these folded texts tells.
pub(super) fn category(texts: &[&str]) -> Option<String> {
    first_of(&rules().categories, texts)
}

/// The kind of act that the first of these folded texts tells.
pub(super) fn kind(texts: &[&str]) -> Option<String> {
    first_of(&rules().kinds, texts)
}

fn first_of(kinds: &Kinds, texts: &[&str]) -> Option<String> {
    texts.iter().find_map(|text| kinds.first_in(&fold(text))).map(ToOwned::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_target_is_not_the_issuer() {
        assert_eq!(partner("加強相關兩用物項對美國出口管制", Some("商務部"), None).map(|p| p.0).as_deref(), Some("US"));
        assert_eq!(partner("美國暫停對中國加徵關稅", Some("美國貿易代表署"), None).map(|p| p.0).as_deref(), Some("CN"));
        assert_eq!(partner("公布對稀土實施出口管制", Some("商務部"), None), None);
        let of = |subject| partner(subject, None, None).map(|p| p.0);
        assert_eq!(of("美國暫停港口費一年"), None);
        assert_eq!(of("中國對美國船舶收取費用").as_deref(), Some("US"));
        assert_eq!(of("恢復美國3家企業資質").as_deref(), Some("US"));
        assert_eq!(of("調整對美加徵關稅").as_deref(), Some("US"));
        assert_eq!(of("對中小企業的支持"), None);
        assert_eq!(of("臺美簽署對等貿易協定").as_deref(), Some("US"));
        assert_eq!(of("中歐就電動汽車達成價格承諾協議").as_deref(), Some("EU"));
        assert_eq!(of("中華標準修訂"), None);
        assert_eq!(partner("Imports Into the United States", None, Some(&Area("US".into()))), None);
    }

    #[test]
    fn kinds_of_measures() {
        for (subject, kind) in [
            ("將3家美國實體列入出口管制管控名單", Some("entity_list")),
            ("暫停實施出口管制穿透性規則一年", Some("suspension")),
            ("對原產於美國的進口商品加徵關稅", Some("tariff")),
            ("export controls on holmium", Some("export_control")),
            ("關於採取反制措施的決定", Some("sanction")),
            ("舉行磋商", None),
        ] {
            assert_eq!(category(&[subject]).as_deref(), kind, "{subject}");
        }
    }
}
