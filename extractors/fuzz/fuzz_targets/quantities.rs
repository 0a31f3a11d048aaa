#![no_main]
use bellwether_extractors::text;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &str| {
    let characters = input.chars().count();
    for language in ["zh", "en"] {
        for quantity in text::quantities(input, language, Some(bellwether_fuzz::DAY)) {
            assert!(quantity.start < quantity.end && quantity.end <= characters, "{quantity:?}");
        }
    }
    assert_eq!(bellwether_extractors::fold::fold(input).chars().count(), characters);
});
