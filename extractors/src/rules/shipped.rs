//! The rules files that are part of the program.

/// Families of indicators, each by its code.
pub(super) const FAMILIES: &[(&str, &str)] =
    &[("consumer_prices", include_str!("../../rules/families/consumer_prices.toml"))];

/// Each file of `rules/` by its name without the ending. A new one is added here and in `docs/RULES.md`.
pub(super) const FILES: &[(&str, &str)] = &[
    ("areas", include_str!("../../rules/areas.toml")),
    ("calendar", include_str!("../../rules/calendar.toml")),
    ("chinese", include_str!("../../rules/chinese.toml")),
    ("claims", include_str!("../../rules/claims.toml")),
    ("codes", include_str!("../../rules/codes.toml")),
    ("cues", include_str!("../../rules/cues.toml")),
    ("currencies", include_str!("../../rules/currencies.toml")),
    ("directions", include_str!("../../rules/directions.toml")),
    ("english", include_str!("../../rules/english.toml")),
    ("flows", include_str!("../../rules/flows.toml")),
    ("forums", include_str!("../../rules/forums.toml")),
    ("goods", include_str!("../../rules/goods.toml")),
    ("languages", include_str!("../../rules/languages.toml")),
    ("numbers", include_str!("../../rules/numbers.toml")),
    ("organisations", include_str!("../../rules/organisations.toml")),
    ("page", include_str!("../../rules/page.toml")),
    ("periods", include_str!("../../rules/periods.toml")),
    ("policy", include_str!("../../rules/policy.toml")),
    ("products", include_str!("../../rules/products.toml")),
    ("quantities", include_str!("../../rules/quantities.toml")),
    ("sentences", include_str!("../../rules/sentences.toml")),
    ("sites", include_str!("../../rules/sites.toml")),
    ("speech", include_str!("../../rules/speech.toml")),
    ("tables", include_str!("../../rules/tables.toml")),
    ("titles", include_str!("../../rules/titles.toml")),
    ("units", include_str!("../../rules/units.toml")),
];
