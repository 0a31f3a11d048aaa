//! The shape of names in Chinese text: where a name that begins here ends. It knows no person.

use super::super::line::{Line, is_han};
use super::super::vocabulary::{Vocabulary, vocabulary};

/// Longest name in foreign characters, dots counted.
const LONGEST_TRANSLITERATION: usize = 12;
/// Longest name without a dot that begins with a Chinese surname.
const LONGEST_SURNAMED: usize = 4;
/// Longest Japanese or transliterated name without a dot.
const LONGEST_PLAIN: usize = 6;

/// The character behind the name that begins at `at`; `None`: no name begins there. `foreign` allows names without a
/// surname and without a dot, which any noun resembles.
pub(super) fn name_at(line: &Line, at: usize, foreign: bool) -> Option<usize> {
    let first = *line.folded.get(at)?;
    if first.is_ascii_uppercase() {
        return latin_name(line, at);
    }
    if !is_han(first) {
        return None;
    }
    let plain = || foreign.then(|| foreign_name(line, at)).flatten();
    let japanese = || foreign.then(|| japanese_name(line, at)).flatten();
    dotted_name(line, at)
        .or_else(|| japanese_full_name(line, at))
        .or_else(|| chinese_name(line, at))
        .or_else(|| foreign.then(|| particled_name(line, at)).flatten())
        .or_else(japanese)
        .or_else(plain)
}

/// A Japanese surname and a given name of up to three characters: 高市早苗, 加藤勝信.
fn japanese_name(line: &Line, at: usize) -> Option<usize> {
    let (length, ()) = vocabulary().japanese_surnames.at(&line.folded, at)?;
    // 木原稔說: a verb behind one character is none of the name.
    let given = if speech_follows(line, at + length + 1) { [1, 2, 3] } else { [2, 1, 3] };
    given.into_iter().map(|given| at + length + given).find(|&end| ends_at(line, at, end))
}

/// A Japanese surname that no Chinese one resembles with a given name, which may have the character of a particle:
/// 植田和男, 小林真一郎.
fn japanese_full_name(line: &Line, at: usize) -> Option<usize> {
    let (length, ()) = vocabulary().japanese_surnames.at(&line.folded, at)?;
    let given = at + length;
    let particle = vocabulary().chinese.particles.contains(line.folded.get(given)?);
    let ends = |end: usize| {
        end <= line.folded.len() && line.folded[given..end].iter().all(|&c| is_han(c)) && goes_on(line, end)
    };
    let whole = |n: usize| n == 2 || !particle;
    // Behind a surname of one character the rules of Chinese names hold.
    [2, 3].into_iter().filter(|&n| length >= 2 && whole(n)).map(|n| given + n).find(|&end| {
        !speech_follows(line, end - 1)
            && ends(end)
            && vocabulary().chinese.verbs.at(&line.folded, given).is_none()
            && !speech_within(line, given, end)
    })
}

/// A surname and a given name that begins with the character of a particle, which only a title before it makes a name:
/// 李在明.
fn particled_name(line: &Line, at: usize) -> Option<usize> {
    let words = vocabulary();
    let (surname, given) = (line.folded.get(at)?, line.folded.get(at + 1)?);
    let particle = |c: &char| words.chinese.particles.contains(c);
    let named = words.surnames.contains(surname) && !particle(surname) && particle(given);
    let free = words.chinese.not_names.at(&line.folded, at).is_none()
        && words.chinese.objects.at(&line.folded, at).is_none()
        && words.chinese.verbs.at(&line.folded, at).is_none();
    let end = at + 3;
    let last = line.folded.get(at + 2).is_some_and(|&c| is_han(c) && !particle(&c));
    (named && free && last && goes_on(line, end) && words.chinese.followers.at(&line.folded, at + 2).is_none())
        .then_some(end)
}

/// Whether a verb of speech or what follows names begins inside of these characters.
fn speech_within(line: &Line, from: usize, to: usize) -> bool {
    let words = &vocabulary().chinese;
    (from..to).any(|at| words.verbs.at(&line.folded, at).is_some_and(|(length, ())| length >= 2))
        || (from + 1..to).any(|at| words.followers.at(&line.folded, at).is_some())
}

/// A surname with one or two characters behind it, where the sentence can go on behind them.
pub(super) fn chinese_name(line: &Line, at: usize) -> Option<usize> {
    let words = vocabulary();
    let text = &line.folded;
    // 會見大使時表示: a word of time before a verb begins no name.
    let time = words.chinese.temporal.at(text, at).is_some_and(|(length, ())| speech_follows(line, at + length));
    if time || words.chinese.not_names.at(text, at).is_some() {
        return None;
    }
    if let Some((length, ())) = words.compound_surnames.at(text, at) {
        return [length + 2, length + 1].into_iter().map(|n| at + n).find(|&end| ends_at(line, at, end));
    }
    if !words.surnames.contains(text.get(at)?) {
        return None;
    }
    // A third character that is an adverb or a verb belongs to the predicate (李強也表示, 鮑爾說), if the name can end before it.
    let predicate = words.chinese.adverbs.at(text, at + 2).is_some() || speech_follows(line, at + 2);
    // 凌激此前: a word of two characters follows, of which the second alone could follow too.
    let follower = |at: usize| words.chinese.followers.at(text, at).map(|(length, ())| length);
    let predicate = predicate || follower(at + 2) == Some(2) && follower(at + 3) == Some(1);
    let ends = if predicate { [at + 2, at + 3] } else { [at + 3, at + 2] };
    ends.into_iter().find(|&end| ends_at(line, at, end))
}

/// A name of parts with a dot between them: 唐納德·川普.
fn dotted_name(line: &Line, at: usize) -> Option<usize> {
    let text = &line.folded;
    let dot = |c: char| matches!(c, '·' | '・' | '‧' | '•' | '．');
    let run = (at..text.len().min(at + LONGEST_TRANSLITERATION)).take_while(|&i| is_han(text[i]) || dot(text[i]));
    let end = run.last()? + 1;
    let last_dot = (at..end).rev().find(|&i| dot(text[i]))?;
    (last_dot + 2..=end).find(|&end| goes_on(line, end))
}

/// A Japanese or transliterated name without a dot: the shortest run behind which the sentence can go on. Since any
/// noun looks like that, either its characters are those of transliterations or a verb of speech follows.
fn foreign_name(line: &Line, at: usize) -> Option<usize> {
    let words = vocabulary();
    let text = &line.folded;
    if words.chinese.not_names.at(text, at).is_some() || words.chinese.verbs.at(text, at).is_some() {
        return None;
    }
    // Behind a Chinese surname a given name is short (阮生日新 has three characters).
    let surname = words.surnames.contains(&text[at]);
    let transliterated = |end: usize| text[at..end].iter().all(|c| words.transliteration.contains(c));
    (at + 2..=text.len().min(at + LONGEST_PLAIN))
        .take_while(|&end| is_han(text[end - 1]))
        .filter(|&end| goes_on(line, end) && !looks_like_a_noun(words, &text[at..end]))
        .find(|&end| {
            transliterated(end)
                || latin_follows(line, end)
                || speech_follows(line, end) && !(surname && end > at + LONGEST_SURNAMED)
        })
}

/// Whether brackets stand here that begin with a capital: the name in its own letters, 謝夫喬維奇（Maroš Šefčovič）.
fn latin_follows(line: &Line, at: usize) -> bool {
    let text = &line.folded;
    matches!(text.get(at), Some('(' | '（')) && text.get(at + 1).is_some_and(|c| c.is_uppercase())
}

/// Latin capitalised words: Irina Fan, Ahn Duk-geun.
fn latin_name(line: &Line, at: usize) -> Option<usize> {
    let text = &line.folded;
    let letter = |c: char| c.is_alphabetic() && !is_han(c) || matches!(c, '-' | '\'' | '’' | '.');
    let mut end = at;
    let mut parts = 0;
    while text.get(end).is_some_and(char::is_ascii_uppercase) {
        end = (end..text.len()).find(|&i| !letter(text[i])).unwrap_or(text.len());
        parts += 1;
        if text.get(end) == Some(&' ') && text.get(end + 1).is_some_and(char::is_ascii_uppercase) {
            end += 1;
        } else {
            break;
        }
    }
    (parts >= 2).then_some(end)
}

fn ends_at(line: &Line, start: usize, end: usize) -> bool {
    end <= line.folded.len()
        && line.folded[start..end].iter().all(|&c| is_han(c))
        && goes_on(line, end)
        && !looks_like_a_noun(vocabulary(), &line.folded[start..end])
}

/// Bodies and groups of people end like this, people do not.
fn looks_like_a_noun(words: &Vocabulary, name: &[char]) -> bool {
    let ending = name.last().is_some_and(|c| "室部局署会处院司厅们团者员人党国府所社家长".contains(*c));
    let particle = name.iter().any(|c| "的了是们在为被将与和以等".contains(*c));
    // 孫立國, 魏明家: given names of three characters' names end so too.
    let given = name.len() <= 3 && name.last() == Some(&'国') || name.len() == 3 && name.last() == Some(&'家');
    ending && !(given && words.surnames.contains(&name[0])) || particle
}

/// Whether a sentence can go on at this character behind a name.
pub(super) fn goes_on(line: &Line, at: usize) -> bool {
    let words = vocabulary();
    let text = &line.folded;
    let Some(&next) = text.get(at) else { return true };
    line.is_boundary(at)
        || next.is_ascii_digit()
        || next.is_whitespace()
        || words.chinese.followers.at(text, at).is_some()
        || words.chinese.verbs.at(text, at).is_some()
}

/// Whether a verb of speech stands here, perhaps behind an adverb.
pub(super) fn speech_follows(line: &Line, at: usize) -> bool {
    let words = &vocabulary().chinese;
    let mut at = at;
    while let Some((length, ())) = words.adverbs.at(&line.folded, at) {
        at += length;
    }
    words.verbs.at(&line.folded, at).is_some() && words.not_verbs.at(&line.folded, at).is_none()
}
