//! Names that mean the same over scripts and wordings: product classes, organisations, forecasters.

/// The name under which a product class merges over scripts and wordings (資通與視聽產品, 资通视听产品, ICT and
/// audio-video products); the folded words themselves where `rules/products.toml` does not know the class.
#[must_use]
pub fn product_class(words: &str) -> String {
    todo!("{words}")
}

/// The name under which an organisation merges (財政部, 财政部, Ministry of Finance).
#[must_use]
pub fn organisation(words: &str) -> String {
    todo!("{words}")
}
