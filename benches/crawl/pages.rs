//! The pages of the site: news of some 43 kB, with scripts, styles, menus and related links around twelve paragraphs.

/// Links to further pages on each page.
const RELATED: u32 = 40;
/// Links on the front page.
const FRONT: u32 = 30;

/// Sentences; `#` becomes a digit, another one in each release, `@` its month.
const SENTENCES: &[&str] = &[
    "財政部今日發布海關進出口初步統計，@出口值為6##.#億美元，較上年同月增加4#.#%，連續第2#個月成長。",
    "進口值4##.#億美元，年增1#.#%，進出口相抵後出超1##.#億美元。",
    "統計處長林美華表示，人工智慧應用的需求仍強，加上年底備貨，帶動整體出口表現。",
    "對美國出口2##.#億美元，年增7#.#%，對東協增加2#.#%，對歐洲增加8.#%。",
    "傳統產業仍受同業競爭影響，復甦的步調並不一致，後續情況有待觀察。",
    "機械與塑化的訂單仍然偏弱，業者認為要到下半年才會有較明顯的改善。",
    "展望下個月，工作天數較多，備貨的需求也還在，出口可望維持成長的態勢。",
    "市場人士認為，關稅措施的變數仍多，企業對新的投資轉趨保守。",
];

/// An article. So many of them report one release, of another month each; the first is that of a January of 1930.
pub(crate) fn article(number: u32, pages: u32, reports: u32) -> String {
    let release = number / reports;
    let (year, of_year) = (1930 + release / 12 % 95, release % 12 + 1);
    let month = format!("{year}年{of_year}月");
    // In the month after, so that what names no month is of that one too.
    let published = format!("{}-{:02}-09", year + of_year / 12, of_year % 12 + 1);
    // The same sentence says the same in each article of a release, and each time it stands there.
    let sentence = |at: usize| {
        let at = at % SENTENCES.len();
        let mut seed = release.wrapping_mul(2_654_435_761).wrapping_add(u32::try_from(at).unwrap_or(0) * 7919);
        let mut digit = || {
            // A linear congruential row (Numerical Recipes): all that matters is that it is the same each time.
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            char::from_digit((seed >> 16) % 9 + 1, 10).unwrap_or('1')
        };
        let filled: String = SENTENCES[at].chars().map(|c| if c == '#' { digit() } else { c }).collect();
        filled.replace('@', &month)
    };
    let title = format!("{month}出口統計 第{number}報");
    let body: String = (0..12)
        .map(|at| {
            format!("<p class=\"article-text\">{}{}</p>\n<div class=\"slot\"></div>\n", sentence(at), sentence(at + 3))
        })
        .collect();
    let related: String = (1..=RELATED)
        .map(|at| {
            let to = number.wrapping_mul(RELATED).wrapping_add(at) % pages;
            format!("<div class=\"card\"><a href=\"/news/{to}\"><img src=\"/i/{to}.jpg\" alt=\"\">出口統計第{to}報</a></div>\n")
        })
        .collect();
    let script =
        "window.layer=window.layer||[];function tag(){layer.push(arguments);}tag('js',new Date());\n".repeat(160);
    let style = ".card{display:flex;margin:0 auto;padding:1rem;border:1px solid #ddd}.card>a{color:#036}\n".repeat(130);
    format!(
        "<!DOCTYPE html>\n<html lang=\"zh-TW\"><head><meta charset=\"utf-8\"><title>{title} | 每日商情</title>\n\
         <meta property=\"og:title\" content=\"{title}\"><meta property=\"article:published_time\" content=\"{published}T16:00:00+08:00\">\n\
         <script>{script}</script><style>{style}</style></head>\n<body><nav><ul><li>首頁</li><li>財經</li></ul></nav>\n\
         <article><h1>{title}</h1><time datetime=\"{published}T16:00:00+08:00\">{published} 16:00</time>\n<div class=\"story-content\">{body}</div></article>\n\
         <aside>{related}</aside><footer>每日商情</footer></body></html>\n"
    )
}

/// A list of links: to the first pages, from which the others are found, or to all.
pub(crate) fn list(pages: u32, all: bool) -> String {
    let count = if all { pages } else { FRONT.min(pages) };
    let links: String =
        // Shorter words would be those of a menu.
        (0..count).map(|to| format!("<li><a href=\"/news/{to}\">出口統計第{to:04}報</a></li>\n")).collect();
    format!(
        "<!DOCTYPE html>\n<html lang=\"zh-TW\"><head><meta charset=\"utf-8\"><title>出口</title></head><body><main><ul>{links}</ul></main></body></html>\n"
    )
}
