//! Names that mean the same over scripts and wordings: product classes, organisations, forecasters.
//!
//! Wordings are data in `rules/`; nothing here reads sentences.

pub(crate) mod organisations;
mod products;
pub(crate) mod words;

use bellwether_model::place::Area;

/// The name under which a product class merges over scripts and wordings (資通與視聽產品, 资通视听产品, ICT and
/// audio-video products); the folded words themselves where `rules/products.toml` does not know the class.
#[must_use]
pub fn product_class(words: &str) -> String {
    products::class(words)
}

/// The name under which an organisation merges (財政部, 财政部, Ministry of Finance): the function, not the economy,
/// since a fact carries its economy itself. The folded words where `rules/organisations.toml` does not know it.
#[must_use]
pub fn organisation(words: &str) -> String {
    organisations::organisations().id(words)
}

/// The economy whose organisation it is, where the words tell (主計總處, 中國海關總署). `None`: they do not.
#[must_use]
pub fn organisation_area(words: &str) -> Option<Area> {
    organisations::organisations().area(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wordings_of_one_product_class_are_one() {
        for (class, wordings) in [
            ("ict-audio-video", ["資通與視聽產品", "资通视听产品", "ICT and audio-video products"]),
            ("electronic-components", ["電子零組件", "电子零组件", "Electronic Components"]),
            ("base-metals", ["基本金屬及其製品", "基本金属", "base metals"]),
            ("integrated-circuits", ["積體電路", "集成电路", "integrated circuits"]),
            ("automobiles", ["汽車", "汽车出口", "exports of cars"]),
        ] {
            for wording in wordings {
                assert_eq!(product_class(wording), class, "{wording}");
            }
        }
        assert_eq!(product_class("蝴蝶蘭"), product_class("蝴蝶兰"), "an unknown class is its folded words");
        assert_ne!(product_class("電子零組件"), product_class("半導體"));
    }

    #[test]
    fn wordings_of_one_organisation_are_one() {
        for (id, wordings) in [
            (
                "ministry-of-finance",
                ["財政部", "财政部", "台灣財政部", "Ministry of Finance", "the Ministry of Finance"],
            ),
            ("customs", ["中國海關總署", "海关总署", "關稅廳", "South Korea's Customs Administration", "GAC"]),
            ("market", ["市場", "市场", "Market", "economists", "分析師"]),
            ("hk-hktdc", ["貿發局", "香港贸易发展局", "HKTDC", "Trade Development Council", "贸发局"]),
            ("tw-dgbas", ["主計總處", "行政院主計總處", "主计总处", "DGBAS", "dgbas"]),
        ] {
            for wording in wordings {
                assert_eq!(organisation(wording), id, "{wording}");
            }
        }
        assert_eq!(organisation("Ministry of Commerce (商务部)"), "ministry-of-commerce", "a gloss is the same office");
        assert_eq!(organisation("Example Working Mechanism (示例工作機制)"), organisation("示例工作机制"));
        assert_ne!(organisation("商務部（北京）"), organisation("北京"), "a place in a bracket is no gloss");
        let area = |words| organisation_area(words).map(|area| area.0.to_string());
        assert_eq!(area("主计总处").as_deref(), Some("TW"));
        assert_eq!(area("中國海關總署").as_deref(), Some("CN"));
        assert_eq!(area("財政部"), None, "more than one economy has one");
        assert_eq!(organisation("上海商業銀行"), organisation("上海商业银行"), "an unknown one is its folded words");
    }

    #[test]
    fn an_authority_is_told_from_an_association() {
        let text: Vec<char> = crate::fold::fold("韓國貿易協會與關稅廳").chars().collect();
        let listed = &organisations::organisations().listed;
        let found: Vec<bool> = listed.within(&text, 0, text.len()).iter().map(|(_, _, o)| o.official).collect();
        assert_eq!(found, [false, true]);
    }
}
