//! The people of one document: under which names they come, which office they hold, what they said.

use std::ops::Range;

use bellwether_model::statement::{Official, Statement};

use super::Speakers;
use crate::fold::fold;

/// An office as a text gives it with a name.
#[derive(Debug, Clone, Default)]
pub(super) struct Office {
    /// The title without the organisation.
    pub(super) title: Option<String>,
    /// The organisation.
    pub(super) org: Option<String>,
    /// Whether it is an office of an authority, a parliament or a statutory body.
    pub(super) official: bool,
}

#[derive(Debug)]
struct Person {
    name: String,
    /// Folded spellings by which the text calls the person, as characters, the full name first.
    spellings: Vec<Vec<char>>,
    office: Office,
    /// The characters by which the document introduces the person.
    introduced: Option<Range<usize>>,
    statements: Vec<Statement>,
    /// Of each statement, the words that say who speaks.
    attributions: Vec<Spoken>,
}

/// The words that ascribe a statement, as characters of the document.
#[derive(Debug, Clone)]
pub(crate) struct Spoken {
    /// From the speaker to the verb.
    pub(crate) attribution: Range<usize>,
    /// The verb of speech; `None`: the words say it otherwise (according to).
    pub(crate) verb: Option<String>,
}

/// Somebody whom a document names, official or not, and what speaks for it.
pub(crate) struct Known {
    pub(crate) official: Official,
    pub(crate) introduced: Option<Range<usize>>,
    pub(crate) spoken: Vec<Spoken>,
    /// Whether the person is one of the document's officials.
    pub(crate) taken: bool,
    /// Why, or why not.
    pub(crate) why: &'static str,
}

/// Who spoke last, so whom a pronoun means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Speaker {
    /// Nobody has spoken, or somebody without a name.
    Nameless,
    /// The person of this index.
    Person(usize),
}

/// All people of a document.
#[derive(Debug)]
pub(super) struct People {
    people: Vec<Person>,
    /// Whom a pronoun means.
    pub(super) speaker: Speaker,
    /// The authority that was named last: whose office an office without organisation is.
    pub(super) authority: Option<String>,
    /// What somebody without a name but with an office said last, with the office.
    pub(super) unnamed: Option<(String, Statement, Spoken)>,
}

/// A place where a sentence names a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Mention {
    /// Which person.
    pub(super) person: usize,
    /// First character of the name.
    pub(super) start: usize,
    /// The character behind the name.
    pub(super) end: usize,
    /// First character of the phrase: organisation, title and name.
    pub(super) phrase_start: usize,
    /// The character behind the phrase: name and what is said of the person behind it.
    pub(super) phrase_end: usize,
}

impl People {
    /// Nobody yet.
    pub(super) fn new() -> Self {
        Self { people: Vec::new(), speaker: Speaker::Nameless, authority: None, unnamed: None }
    }

    /// The person of this name, made where it is new. What is known of the office already stays; what was not known is
    /// filled in. `short` are further spellings: a surname.
    pub(super) fn introduce(&mut self, name: &str, short: &[String], office: Office) -> usize {
        let folded: Vec<char> = fold(name).chars().collect();
        let known = self.people.iter().position(|person| person.spellings.first() == Some(&folded));
        let index = known.unwrap_or_else(|| {
            let spellings = vec![folded];
            self.people.push(Person {
                name: name.to_owned(),
                spellings,
                office: Office::default(),
                introduced: None,
                statements: Vec::new(),
                attributions: Vec::new(),
            });
            self.people.len() - 1
        });
        let person = &mut self.people[index];
        for spelling in short {
            let spelling: Vec<char> = fold(spelling).chars().collect();
            if !person.spellings.contains(&spelling) {
                person.spellings.push(spelling);
            }
        }
        let unknown = person.office.title.is_none();
        if !person.office.official && (office.official || unknown) {
            person.office = office;
        }
        index
    }

    /// The person whose spelling stands at `at`, the longest one, and its length; of two, the one who came last.
    pub(super) fn at(&self, text: &[char], at: usize) -> Option<(usize, usize)> {
        let fits = |spelling: &Vec<char>| text.get(at..at + spelling.len()) == Some(spelling.as_slice());
        let all = self.people.iter().enumerate();
        all.flat_map(|(index, person)| person.spellings.iter().filter(|s| fits(s)).map(move |s| (index, s.len())))
            .max_by_key(|&(index, length)| (length, index))
    }

    /// The person whose name begins with this character: 蔡處長 is 蔡美娜.
    pub(super) fn by_surname(&self, surname: char) -> Option<usize> {
        self.people.iter().rposition(|person| {
            person.spellings.first().is_some_and(|name| (2..=3).contains(&name.len()) && name[0] == surname)
        })
    }

    /// Records where the document names a person; the first place introduces them.
    pub(super) fn met(&mut self, person: usize, phrase: Range<usize>) {
        self.people[person].introduced.get_or_insert(phrase);
    }

    /// The person is the one who spoke without a name before (a lawmaker said …; X, who is also …): they get the office
    /// and the words.
    pub(super) fn reveal(&mut self, person: usize) {
        let Some((title, statement, spoken)) = self.unnamed.take() else { return };
        let person = &mut self.people[person];
        if person.statements.is_empty() {
            person.office.title = Some(title);
            person.statements.push(statement);
            person.attributions.push(spoken);
        }
    }

    /// Whether the last speaker holds this office: the minister, the lawmaker.
    pub(super) fn speaker_is(&self, noun: &str) -> Option<usize> {
        let Speaker::Person(person) = self.speaker else { return None };
        let title = self.people[person].office.title.as_ref()?.to_lowercase();
        title.split(|c: char| !c.is_alphanumeric()).any(|word| word == noun).then_some(person)
    }

    /// Records a sentence that ascribes words to a person; they become the speaker.
    pub(super) fn said(&mut self, person: usize, statement: Statement, spoken: Spoken) {
        self.speaker = Speaker::Person(person);
        self.people[person].statements.push(statement);
        self.people[person].attributions.push(spoken);
    }

    /// Everybody whom the document names, in order, with why they are an official of it or not.
    pub(super) fn into_everybody(self) -> Vec<Known> {
        self.people.into_iter().map(Person::into_known).collect()
    }

    /// Everybody who is quoted and has an office, in order of their first statement: officials, and others.
    pub(super) fn into_speakers(self) -> Speakers {
        let has_office = |person: &Person| person.office.official || person.office.title.is_some();
        let mut quoted: Vec<Person> =
            self.people.into_iter().filter(|p| has_office(p) && !p.statements.is_empty()).collect();
        quoted.sort_by_key(|person| person.statements[0].start);
        let (officials, others): (Vec<Person>, Vec<Person>) = quoted.into_iter().partition(|p| p.office.official);
        let all = |people: Vec<Person>| people.into_iter().map(Person::into_official).collect();
        Speakers { officials: all(officials), others: all(others) }
    }
}

impl Person {
    fn into_known(self) -> Known {
        let said = !self.statements.is_empty();
        let (introduced, spoken) = (self.introduced.clone(), self.attributions.clone());
        let why = match (self.office.official, &self.office.title, said) {
            (true, _, true) => "holds an office of an authority, and words are ascribed",
            (true, _, false) => "holds an office of an authority, but no words are ascribed",
            (false, Some(_), _) => "the title is no office of an authority",
            (false, None, _) => "no office is named",
        };
        let taken = self.office.official && said;
        Known { official: self.into_official(), introduced, spoken, taken, why }
    }

    fn into_official(self) -> Official {
        let Office { title, org, .. } = self.office;
        Official { name: self.name, title, org, quotes: self.statements.len(), statements: self.statements }
    }
}
