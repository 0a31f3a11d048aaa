#![no_main]
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let (context, bytes) = bellwether_fuzz::page(data);
    let decoded = bellwether_extractors::decode::decode(bytes, &context);
    assert!(decoded.text.len() <= bytes.len() * 4);
});
