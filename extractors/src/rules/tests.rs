//! Every shipped file loads; a user's mistakes are all told with their places; what a user adds and takes away counts.

use super::*;

fn files(given: &[(&str, &str)]) -> Vec<UserFile> {
    let file = |(name, text): &(&str, &str)| UserFile {
        name: (*name).to_owned(),
        shown: format!("rules/{name}"),
        text: (*text).to_owned(),
    };
    given.iter().map(file).collect()
}

fn mistakes(given: &[(&str, &str)]) -> Vec<String> {
    let told = RuleSet::read(&files(given)).expect_err("the files hold mistakes");
    told.iter().map(ToString::to_string).collect()
}

fn words(set: &RuleSet, file: &str, path: &[&str]) -> Vec<String> {
    let table = toml::Value::Table(set.table(file).expect("a rules file").clone());
    let value = path.iter().fold(&table, |value, key| value.get(key).expect("a key"));
    value.as_array().expect("a list").iter().filter_map(toml::Value::as_str).map(str::to_owned).collect()
}

#[test]
fn every_shipped_file_is_without_mistakes() {
    let set = RuleSet::shipped();
    for (name, text) in shipped::FILES {
        assert_eq!(layer::check_alone(&set, name, text, false), [], "{name}");
    }
    for (name, text) in shipped::FAMILIES {
        assert_eq!(layer::check_alone(&set, name, text, true), [], "{name}");
    }
}

#[test]
fn what_is_noted_of_keys_is_of_keys_that_there_are() {
    for (path, _) in notes::NOTES {
        let mut steps = path.split('.');
        let file = steps.next().expect("a file");
        let mut keys = if file == "family" { RuleSet::family_shape() } else { RuleSet::shape(file) };
        for step in steps {
            if step == "*" {
                break;
            }
            keys = match keys.remove(step).unwrap_or_else(|| panic!("{path}: no such key")) {
                Shape::Table(keys) => keys,
                Shape::Rows(rows) => rows.keys,
                _ => BTreeMap::new(),
            };
        }
    }
}

#[test]
fn every_mistake_is_told_with_its_line() {
    let told = mistakes(&[
        ("cues.toml", "version = 1\nforcast = [\"maybe\"]\nmom = [\"vs month\", \"\", \"vs month\", 3]\n"),
        ("areas.toml", "version = 1\n\n[[area]]\ncode = \"QQ\"\nnames = [\"Somewhere\"]\n\n[[area]]\ncode = \"LI\"\n"),
        ("currencies.toml", "version = 1\n[[currency]]\ncode = \"TWF\"\nnames = \"francs\"\n"),
        ("speeches.toml", "version = 1\n"),
        ("policy.toml", "version = 1\neffective = [\"from ({day}\"]\n"),
        ("forums.toml", "version = 1\n[[engine]]\nname = \"gnuboard\"\ndetect = \"div[\"\n"),
        ("flows.toml", "[[flow]]\nflow = \"export\"\nwords = [\"sales abroad\"]\n"),
        ("periods.toml", "version = 2\n[months]\nunember = 13\n"),
        ("units.toml", "version = 1\npercent = [\"%\"\nhalf = []\n"),
    ]);
    let has = |start: &str, part: &str| {
        assert!(told.iter().any(|one| one.starts_with(start) && one.contains(part)), "{start} {part} in {told:#?}");
    };
    has("rules/cues.toml:2:1: ", "unknown key `forcast`; did you mean `forecast`?");
    has("rules/cues.toml:3:20: ", "there is no word in it");
    has("rules/cues.toml:3:24: ", "`vs month` stands in this list already, on line 3");
    has("rules/cues.toml:3:36: ", "integer where a string belongs");
    has("rules/areas.toml:4:8: ", "`QQ` is no known economy or group");
    has("rules/areas.toml:7:1: ", "`names` is missing; a row needs `code` and `names`");
    has("rules/currencies.toml:3:8: ", "`TWF` is no known currency; did you mean `TWD`?");
    has("rules/currencies.toml:4:9: ", "string where a list of strings belongs");
    has("rules/speeches.toml:1:1: ", "`speeches` is no rules file; did you mean `speech`?");
    has("rules/policy.toml:2:14: ", "no regular expression");
    has("rules/forums.toml:4:10: ", "`div[` is no CSS selector");
    has("rules/forums.toml:2:1: ", "`board` is missing");
    has("rules/flows.toml:1:1: ", "no `version`: write `version = 1` as the first key");
    has("rules/flows.toml:2:8: ", "`export` is none of `exports`, `imports`, `balance`, `total` and `orders`");
    has("rules/periods.toml:1:11: ", "this program reads files of `version = 1` alone");
    has("rules/periods.toml:3:11: ", "13 is not from 1 to 12");
    has("rules/units.toml:3:1: ", "not TOML: ");
}

/// Whatever stands behind a key in place of what belongs there is a mistake, so that no reader meets it.
#[test]
fn a_value_of_another_kind_is_refused_for_every_key() {
    fn wrong(shape: &Shape) -> Vec<String> {
        match shape {
            Shape::Table(keys) => keys
                .iter()
                .flat_map(|(key, shape)| {
                    wrong(shape).into_iter().map(move |value| format!("{{ \"{key}\" = {value} }}"))
                })
                .chain(["[]".to_owned()])
                .collect(),
            Shape::Map(behind) => {
                let values = wrong(behind).into_iter().map(|value| format!("{{ x = {value} }}"));
                values.chain(["\"x\"".to_owned()]).collect()
            }
            Shape::Rows(rows) => {
                let each = rows.keys.iter();
                let values = each.flat_map(|(key, shape)| {
                    wrong(shape).into_iter().map(move |value| format!("[{{ \"{key}\" = {value} }}]"))
                });
                values.chain(["{}".to_owned(), "[1]".to_owned()]).collect()
            }
            Shape::Text(_) | Shape::Characters => vec!["1".to_owned(), "\" \"".to_owned(), "[\"a\"]".to_owned()],
            Shape::Texts(_) => vec!["\"a\"".to_owned(), "[1]".to_owned(), "[\"\"]".to_owned()],
            Shape::Number(..) => vec!["\"1\"".to_owned(), "1.5".to_owned(), "-99999999".to_owned()],
            Shape::Numbers => vec!["[\"a\"]".to_owned(), "[1]".to_owned()],
            Shape::Flag => vec!["1".to_owned()],
        }
    }
    for name in RuleSet::shipped().names() {
        for (key, shape) in RuleSet::shape(name) {
            for value in wrong(&shape) {
                let text = format!("version = 1\n{key} = {value}\n");
                let file = format!("{name}.toml");
                assert!(RuleSet::read(&files(&[(file.as_str(), text.as_str())])).is_err(), "{name}: {text}");
            }
        }
    }
}

#[test]
fn words_are_added_and_taken_away() {
    let set = RuleSet::read(&files(&[
        ("cues.toml", "version = 1\nyoy = [\"ggü. Vorjahr\"]\n[remove]\nmom = [\"按月\"]\n"),
        ("extra.toml", "version = 1\nextends = \"cues\"\nyoy = [\"sur un an\"]\n"),
        (
            "areas.toml",
            "version = 1\n[[area]]\ncode = \"LI\"\nnames = [\"列支敦斯登\", \"Liechtenstein\"]\n[[area]]\ncode = \"TW\"\nnames = [\"Formosa\"]\n\
             [[remove.area]]\ncode = \"CN\"\nnames = [\"mainland\"]\n",
        ),
        ("speech.toml", "version = 1\n[chinese]\nverbs = [\"爆料\"]\n[surnames]\nsingle = \"亼\"\n[remove.english]\nverbs = [\"said\"]\n"),
        ("forums.toml", "version = 1\n[[remove.engine]]\nname = \"discuz\"\n"),
        ("flows.toml", "version = 1\n[[remove.flow]]\nwords = [\"出口值\"]\n"),
        ("periods.toml", "version = 1\n[months]\n\"jänner\" = 1\n[remove]\nmonths = [\"jan\"]\n"),
    ]))
    .expect("rules without mistakes");
    let yoy = words(&set, "cues", &["yoy"]);
    assert!(["ggü. Vorjahr", "sur un an", "同比"].iter().all(|word| yoy.iter().any(|known| known == word)), "{yoy:?}");
    assert!(!words(&set, "cues", &["mom"]).contains(&"按月".to_owned()));
    let areas = set.table("areas").expect("areas")["area"].as_array().expect("rows");
    let names = |code: &str| {
        let rows: Vec<_> = areas.iter().filter(|row| row["code"].as_str() == Some(code)).collect();
        assert_eq!(rows.len(), 1, "{code}");
        rows[0]["names"].to_string()
    };
    assert!(names("LI").contains("Liechtenstein") && names("TW").contains("Formosa") && names("TW").contains("Taiwan"));
    assert!(!names("CN").contains("\"mainland\"") && names("CN").contains("mainland China"));
    assert!(words(&set, "speech", &["chinese", "verbs"]).contains(&"爆料".to_owned()));
    assert!(!words(&set, "speech", &["english", "verbs"]).contains(&"said".to_owned()));
    assert!(set.table("speech").expect("speech")["surnames"]["single"].as_str().expect("characters").ends_with('亼'));
    assert!(!set.table("forums").expect("forums")["engine"].to_string().contains("\"discuz\""));
    assert!(!set.table("flows").expect("flows")["flow"].to_string().contains("\"出口值\""));
    let months = set.table("periods").expect("periods")["months"].as_table().expect("months");
    assert!(months.contains_key("jänner") && !months.contains_key("jan"));
}

#[test]
fn taking_away_what_is_not_there_is_a_mistake() {
    let told =
        mistakes(&[("cues.toml", "version = 1\n[remove]\nyoy = [\"no such word\"]\nyoyo = [\"x\"]\nmom = \"按月\"\n")]);
    assert_eq!(
        told,
        [
            "rules/cues.toml:3:8: `no such word` is not there to be taken away",
            "rules/cues.toml:4:1: unknown key `yoyo`; did you mean `yoy`?",
            "rules/cues.toml:5:7: name what is taken away as a list of words",
        ]
    );
}

#[test]
fn counts_tell_the_languages() {
    let counts = RuleSet::shipped().counts();
    let verbs = counts.iter().find(|count| count.file == "speech" && count.key == "chinese.verbs").expect("a count");
    assert!(verbs.entries > 100 && verbs.chinese == verbs.entries && verbs.latin == 0, "{verbs:?}");
}
