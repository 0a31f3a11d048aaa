#![no_main]
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let (context, bytes) = bellwether_fuzz::page(data);
    let extraction = bellwether_extractors::extract(bytes, &context);
    bellwether_fuzz::check_document(&extraction.document);
    let characters = extraction.document.text.chars().count();
    for figure in &extraction.figures {
        bellwether_fuzz::check_evidence(&figure.evidence, characters);
    }
    for statement in extraction.officials.iter().flat_map(|official| &official.statements) {
        assert!(statement.start <= statement.end && statement.end <= characters);
    }
});
