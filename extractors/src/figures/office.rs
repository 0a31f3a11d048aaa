//! Offices of economies that no list names: the name of an economy with a word for an office behind it (越南工貿部).

use super::bind::{Binder, between};
use super::chinese::CHINESE;
use super::lexicon::{Lexicon, Term, starts_with};
use super::token::{Kind, Token};

/// Characters between the name of an economy and the end of its office's (德國聯邦統計局).
const LONGEST: usize = 12;

/// Characters between an office and the word by which it is the source.
const NEAR: usize = 20;

/// Makes one token of each such office.
pub(super) fn join(folded: &str, tokens: &mut Vec<Token>, lexicon: &'static Lexicon) {
    let mut until = 0;
    for at in 0..tokens.len() {
        let start = tokens[at].span.start;
        let Some(end) = end_of_office(folded, tokens, at, lexicon).filter(|_| start >= until) else { continue };
        let Some(term) = tokens[at].areas().first().and_then(|area| lexicon.office(area)) else { continue };
        tokens[at] = Token { span: start..end, kind: Kind::Word(term) };
        for inside in tokens[at + 1..].iter_mut().take_while(|token| token.span.start < end) {
            inside.span = end..end;
        }
        until = end;
    }
    tokens.retain(|token| !token.span.is_empty());
}

/// Where the office ends whose name begins with the economy of a token.
fn end_of_office(folded: &str, tokens: &[Token], at: usize, lexicon: &Lexicon) -> Option<usize> {
    let token = &tokens[at];
    if token.areas().len() != 1 || !matches!(token.kind, Kind::Word(_)) {
        return None;
    }
    let behind = &folded[token.span.end..];
    let part_of_name = |c: &char| ('\u{4e00}'..='\u{9fff}').contains(c) && !"对在由向的与自于受".contains(*c);
    let name: String = behind.chars().take_while(part_of_name).take(LONGEST).collect();
    let end = lexicon
        .office_endings
        .iter()
        .filter_map(|ending| name.find(ending.as_str()).map(|from| from + ending.len()))
        .min_by_key(|end| (longer(&name, *end, lexicon), *end))?;
    let end = token.span.end + longer(&name, end, lexicon);
    // A minister is no ministry; another economy, a flow or a number ends the name.
    let person = folded[end..].starts_with(['长', '员']);
    let inside = tokens[at + 1..].iter().take_while(|next| next.span.start < end);
    let broken = inside.filter(|next| next.span.end <= end).any(|next| match &next.kind {
        Kind::Word(term) => {
            !term.areas.is_empty() || term.direction.is_some() || term.flow.as_ref().is_some_and(|flow| !flow.weak)
        }
        _ => true,
    });
    (!person && !broken).then_some(end)
}

/// Where the longest word for an office ends that goes on where one ends (海關, 海關總署).
fn longer(name: &str, end: usize, lexicon: &Lexicon) -> usize {
    let goes_on = |ending: &String| name.find(ending.as_str()).map(|from| (from, from + ending.len()));
    let all = lexicon.office_endings.iter().filter_map(goes_on);
    all.filter(|(from, until)| *from < end && *until > end).map(|(_, until)| until).max().unwrap_or(end)
}

impl Binder<'_> {
    /// 據德國聯邦統計局，9月出口月增1.4%; 韓國產業部公布: where the office of a named economy is the source, the sentence
    /// speaks of that economy's trade until it names another.
    pub(super) fn source(&mut self, at: usize, term: &Term) {
        let Some(area) = term.agency.as_ref().filter(|_| self.setting.chinese && self.found.is_empty()) else { return };
        let text = self.setting.text;
        let span = self.items[at].span.clone();
        let lexicon = self.setting.lexicon;
        let named = lexicon.names_economy(&text[span.clone()]).is_some_and(|named| named.as_str() == area.as_str());
        let before = between(text, self.start, span.start);
        let clause = before.rsplit(['，', ',', '；', '。']).next().unwrap_or_default().trim();
        let according = CHINESE.according.end(clause);
        let behind = between(text, span.end, usize::MAX);
        let near = behind.char_indices().nth(NEAR).map_or(behind, |(end, _)| &behind[..end]);
        let near = near.split(['，', '。', '；', '\n']).next().unwrap_or_default();
        let publishes = (0..near.len())
            .filter(|from| near.is_char_boundary(*from))
            .any(|from| lexicon.publishes.iter().any(|word| starts_with(&near[from..], word)));
        let moved = CHINESE.moved_by.begin(clause);
        if named && !moved && (according || publishes) {
            self.frame.area = Some(area.clone());
        }
    }
}
