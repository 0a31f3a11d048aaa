//! Pictures and the words under them.

use scraper::ElementRef;

/// Whether a figure is a picture: all its words are about it.
pub(super) fn is_picture(element: ElementRef<'_>) -> bool {
    element.descendent_elements().all(|inside| !matches!(inside.value().name(), "table" | "blockquote" | "pre"))
}

/// Whether an element's class says that it holds the words under a picture, or a picture with them.
pub(super) fn is_caption(element: ElementRef<'_>) -> bool {
    /// Characters of words under a picture at the most.
    const LONGEST: usize = 160;
    let mut is_picture = false;
    for class in element.value().classes() {
        let class = class.to_ascii_lowercase();
        if class.contains("caption") || class == "pic_text" || class == "img_title" {
            return true;
        }
        is_picture |= matches!(class.as_str(), "photo" | "photos" | "picture" | "pic" | "image" | "img" | "thumb")
            || ["photo-", "photo_", "image-", "image_", "picture-", "pic-", "pic_", "img-", "img_"]
                .iter()
                .any(|begin| class.starts_with(begin));
    }
    is_picture
        && element.descendent_elements().any(|inside| matches!(inside.value().name(), "img" | "amp-img" | "picture"))
        && element.text().flat_map(str::chars).filter(|c| !c.is_whitespace()).nth(LONGEST).is_none()
}

#[cfg(test)]
mod tests {
    use super::*;
    use scraper::{Html, Selector};

    #[test]
    fn words_beside_a_picture_are_its_caption() {
        let html = Html::parse_fragment(
            "<div class=photo><img><p>The port of X.</p></div><div class=image-text><p>No picture, but text.</p></div>\
             <div class='pic-box'><img></div><p class=wp-caption-text>The port.</p><p class=note><img>A note.</p>",
        );
        let selector = Selector::parse("div, p[class]").expect("a selector");
        let found: Vec<bool> = html.select(&selector).map(is_caption).collect();
        assert_eq!(found, [true, false, true, true, false]);
    }
}
