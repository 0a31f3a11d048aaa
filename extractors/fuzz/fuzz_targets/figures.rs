#![no_main]
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let document = bellwether_extractors::page::plain(text, Some(bellwether_fuzz::DAY));
    let characters = document.text.chars().count();
    for figure in bellwether_extractors::figures::read(&document, Some(bellwether_fuzz::DAY), None) {
        bellwether_fuzz::check_evidence(&figure.evidence, characters);
        assert_eq!(figure.headline, figure.covers_everything());
    }
    for official in bellwether_extractors::statements::read(&document) {
        assert!(!official.name.is_empty());
    }
});
