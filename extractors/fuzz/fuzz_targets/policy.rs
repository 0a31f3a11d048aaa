#![no_main]
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let document = bellwether_extractors::page::plain(text, Some(bellwether_fuzz::DAY));
    let characters = document.text.chars().count();
    for action in bellwether_extractors::policy::read(&document, Some(bellwether_fuzz::DAY)) {
        bellwether_fuzz::check_evidence(&action.evidence, characters);
    }
});
