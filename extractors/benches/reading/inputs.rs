//! What is read: pages as news sites write them, made from a few sentences and other numbers each time, and real ones.

use std::path::{Path, PathBuf};

use bellwether_extractors::PageContext;

/// Pages of one kind.
pub(crate) struct Set {
    /// Its name in the table.
    pub(crate) name: &'static str,
    /// Whether all of it is HTML.
    pub(crate) markup: bool,
    /// The pages.
    pub(crate) inputs: Vec<Input>,
}

/// One page.
pub(crate) struct Input {
    /// Its body.
    pub(crate) bytes: Vec<u8>,
    /// What is known of it.
    pub(crate) context: PageContext,
}

/// Pages of each made set.
const PAGES: usize = 24;
/// Paragraphs of an article.
const PARAGRAPHS: usize = 12;

/// Made pages: news in Chinese and in English as HTML of some 43 kB, and their articles as plain text.
pub(crate) fn made() -> Vec<Set> {
    let html = |name, language: &'static Language| Set {
        name,
        markup: true,
        inputs: (0..PAGES).map(|n| input(html(language, n), "text/html; charset=utf-8")).collect(),
    };
    let plain = |name, language: &'static Language| Set {
        name,
        markup: false,
        inputs: (0..PAGES).map(|n| input(plain(language, n), "text/plain; charset=utf-8")).collect(),
    };
    vec![html("made-zh", &CHINESE), html("made-en", &ENGLISH), plain("plain-zh", &CHINESE), plain("plain-en", &ENGLISH)]
}

fn input(text: String, content_type: &str) -> Input {
    let context = PageContext {
        content_type: Some(content_type.to_owned()),
        published: Some("2026-01-09".to_owned()),
        ..PageContext::default()
    };
    Input { bytes: text.into_bytes(), context }
}

/// The sentences of a language. `#` becomes a digit, another one in each place and page.
struct Language {
    tag: &'static str,
    title: &'static str,
    sentences: &'static [&'static str],
    menu: &'static str,
}

static CHINESE: Language = Language {
    tag: "zh-TW",
    title: "去年12月出口6##.#億美元 年增4#.#% 創同期新高",
    sentences: &[
        "財政部今天公布去年12月海關進出口統計，出口值6##.#億美元，較上年同月增加4#.#%，連續2#個月正成長。",
        "統計處長王大明指出，人工智慧與高效能運算的需求持續熱絡，加上傳統旺季備貨，推升整體外銷動能。",
        "進口方面，12月為4##.#億美元，年增1#.#%；出進口相抵，出超1##.#億美元，較上年同月擴大。",
        "主要市場中，對美國出口2##.#億美元，年增7#.#%，對陸港、東協、日本及歐洲則分別增加1#.#%、2#.#%、3.#%及8.#%。",
        "他說，傳統產業受全球景氣緩慢復甦與同業競爭影響，表現仍不一致，後續仍須密切觀察。",
        "累計去年全年出口6,4##.#億美元，年增3#.#%，進口4,8##.#億美元，年增2#.#%，均為歷年最高。",
        "展望今年1月，由於工作天數較多且基期較低，預估出口年增率介於4#%至4#%之間。",
        "分析師則認為，關稅政策與地緣政治的不確定性仍高，企業投資決策轉趨保守，市場氣氛並未完全好轉。",
    ],
    menu: "首頁 即時 財經 產業 證券 國際 兩岸 生活 科技 專欄",
};

static ENGLISH: Language = Language {
    tag: "en",
    title: "Exports rise 4#.# percent in December to a record",
    sentences: &[
        "Exports rose 4#.# percent in December from a year earlier to US$6#.# billion, the Ministry of Finance said on Friday.",
        "Demand for servers and memory chips remained strong as cloud service providers kept adding capacity, the ministry said.",
        "Imports grew 1#.# percent to US$4#.# billion, leaving a trade surplus of US$1#.# billion for the month.",
        "Shipments to the United States jumped 7#.# percent to US$2#.# billion, while those to China and Hong Kong rose 1#.# percent.",
        "Makers of machinery and plastics still face weak orders and fierce competition from abroad, analysts said.",
        "For the whole of 2025, exports increased 3#.# percent to US$6##.# billion and imports were up 2#.# percent at US$4##.# billion.",
        "The ministry expects exports in January to grow between 4# percent and 4# percent from a year earlier.",
        "\"The uncertainty over tariffs has not gone away,\" said John Smith, an economist at a bank in Singapore.",
    ],
    menu: "Home Latest Business Markets World Technology Opinion Video Weather Subscribe",
};

/// Fills the digits, other ones for each page and place.
fn filled(pattern: &str, seed: &mut u32) -> String {
    let mut digit = || {
        // A linear congruential row (Numerical Recipes): all that matters is that it is the same each time.
        *seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        char::from_digit((*seed >> 16) % 9 + 1, 10).unwrap_or('1')
    };
    pattern.chars().map(|c| if c == '#' { digit() } else { c }).collect()
}

fn paragraphs(language: &Language, page: usize) -> Vec<String> {
    let mut seed = u32::try_from(page).unwrap_or(0);
    let count = language.sentences.len();
    let sentence = |n: usize, seed: &mut u32| filled(language.sentences[n % count], seed);
    let space = if language.tag == "en" { " " } else { "" };
    (0..PARAGRAPHS)
        .map(|n| [sentence(n * 2 + page, &mut seed), sentence(n * 2 + page + 1, &mut seed)].join(space))
        .collect()
}

fn plain(language: &Language, page: usize) -> String {
    paragraphs(language, page).join("\n\n")
}

/// A page with what stands around an article: scripts, styles, menus, related news, comments of readers, a footer.
fn html(language: &Language, page: usize) -> String {
    use std::fmt::Write as _;
    let title = filled(language.title, &mut u32::try_from(page).unwrap_or(0));
    let script =
        "window.dataLayer=window.dataLayer||[];function gtag(){dataLayer.push(arguments);}gtag('js',new Date());\n"
            .repeat(90);
    let style = ".card{display:flex;margin:0 auto;padding:1rem;border:1px solid #ddd}.card>a{color:#036}\n".repeat(70);
    let menu: String = language
        .menu
        .split(' ')
        .map(|word| format!("<li class=\"nav-item\"><a class=\"nav-link\" href=\"/section/{word}\">{word}</a></li>\n"))
        .collect();
    let body: String = paragraphs(language, page).iter().fold(String::new(), |mut body, words| {
        let _written =
            writeln!(body, "<p class=\"article-text\">{words}</p>\n<div class=\"ad-slot\" data-slot=\"inline\"></div>");
        body
    });
    let related: String = (0..40).fold(String::new(), |mut list, n| {
        let mut seed = u32::try_from(page * 40 + n).unwrap_or(0);
        let title = filled(language.title, &mut seed);
        let _written = writeln!(list, "<div class=\"card\"><a href=\"/news/{n}\"><img src=\"/img/{n}.jpg\" alt=\"\" loading=\"lazy\"><span class=\"card-title\">{title}</span></a><time>2026-01-0{}</time></div>", n % 8 + 1);
        list
    });
    format!(
        "<!DOCTYPE html>\n<html lang=\"{tag}\"><head><meta charset=\"utf-8\"><title>{title} | The Daily</title>\n\
         <meta property=\"og:title\" content=\"{title}\"><meta property=\"article:published_time\" content=\"2026-01-09T16:00:00+08:00\">\n\
         <script>{script}</script><style>{style}</style></head>\n<body><header><nav><ul>{menu}</ul></nav></header>\n\
         <div class=\"layout\"><div class=\"story\"><h1>{title}</h1><div class=\"byline\"><time datetime=\"2026-01-09T16:00:00+08:00\">2026-01-09 16:00</time></div>\n\
         <div class=\"story-content\">{body}</div></div>\n<aside class=\"sidebar\">{related}</aside></div>\n\
         <footer><ul>{menu}</ul><p>© The Daily</p></footer><script>{script}</script></body></html>\n",
        tag = language.tag,
    )
}

/// The real pages of `../shared`: news, forums, labelled documents. `None`: it is absent.
pub(crate) fn shared() -> Option<Vec<Set>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared");
    let set = |name, folders: &[&str]| Set {
        name,
        markup: true,
        inputs: folders
            .iter()
            .flat_map(|part| files(&folder.join("sites").join(part), "html"))
            .filter_map(|path| page(&path))
            .collect(),
    };
    let corpus = files(&folder.join("corpus/texts"), "").iter().filter_map(|path| page(path)).collect();
    folder.is_dir().then(|| {
        vec![
            set("shared-news", &["news"]),
            set("shared-forums", &["forum/html", "ptt/article"]),
            Set { name: "shared-corpus", markup: false, inputs: corpus },
        ]
    })
}

fn page(path: &Path) -> Option<Input> {
    let content_type = match path.extension()?.to_str()? {
        "html" => "text/html",
        "md" => "text/markdown",
        _ => "text/plain",
    };
    let context = PageContext { content_type: Some(content_type.to_owned()), ..PageContext::default() };
    Some(Input { bytes: std::fs::read(path).ok()?, context })
}

/// All files below a folder whose name has this ending, in order of their names.
fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let entries = std::fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
    for path in entries.map(|entry| entry.path()) {
        if path.is_dir() {
            found.extend(files(&path, ending));
        } else if path.to_string_lossy().ends_with(ending) {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// Writes the sets of HTML as `SET/NUMBER.html`.
pub(crate) fn write(folder: &Path, sets: &[Set]) -> std::io::Result<()> {
    for set in sets.iter().filter(|set| set.markup) {
        let folder = folder.join(set.name);
        std::fs::create_dir_all(&folder)?;
        for (n, input) in set.inputs.iter().enumerate() {
            std::fs::write(folder.join(format!("{n:03}.html")), &input.bytes)?;
        }
    }
    Ok(())
}
