//! A release that a ministry and a wire tell, for tests of the store.

/// The two pages, as sources.
pub(crate) const PAGES: &[(&str, &str, &str)] =
    &[("ministry", "/ministry.html", "area = \"TW\"\ntrust = \"official\""), ("wire", "/wire.html", "area = \"TW\"")];

/// Such a page; `value`: exports in 億美元.
pub(crate) fn article(value: &str) -> String {
    format!(
        "<html lang=\"zh-Hant\"><head><title>財政部公布12月出口統計</title>\
         <meta property=\"article:published_time\" content=\"2026-01-09T16:00:00+08:00\"></head><body><article>\
         <h1>財政部公布12月出口統計</h1><p>財政部今天公布2025年12月海關進出口統計，出口{value}億美元，年增43.4%。\
         財政部預估2026年1月出口可達581億至604億美元。</p></article></body></html>"
    )
}
