#![no_main]
use bellwether_extractors::listing::{self, ListingRules};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let (context, bytes) = bellwether_fuzz::page(data);
    for entry in bellwether_extractors::feed::read(bytes, &context).entries {
        assert_ne!(entry.id.as_deref(), Some(""), "an id that is not there is absent");
    }
    let links = listing::read(bytes, &context, &ListingRules::default()).links;
    let addresses: std::collections::HashSet<_> = links.iter().map(|link| &link.url).collect();
    assert_eq!(addresses.len(), links.len(), "each address once");
});
