//! What the reader of figures makes of sentences as agencies and newsrooms write them, in both scripts and in English.

mod figure_lines;

use bellwether_extractors::figures as reader;
use bellwether_model::document::{Block, BlockRole, Document, Table};
use bellwether_model::figure::Confidence;
use figure_lines::{document, figures, print};

/// Asserts the figures of a text, one a line, in order.
#[track_caller]
fn assert_figures(published: &str, text: &str, expected: &[&str]) {
    assert_eq!(figures(text, published).lines().collect::<Vec<_>>(), expected, "{text}");
}

#[test]
fn a_release_gives_levels_rates_and_differences() {
    assert_figures(
        "2024-09-09",
        "財政部今（9）日公布，113年8月出口436.4億美元，較上月增9.3%，較上年同月增16.8%；進口321.2億美元，月減5.1%，年增11.8%；8月出超115.2億美元，較上年同月減少8億美元。",
        &[
            "TW exports level 43640000000 USD 2024-08 actual",
            "TW exports mom 9.3 percent 2024-08 actual",
            "TW exports yoy 16.8 percent 2024-08 actual",
            "TW imports level 32120000000 USD 2024-08 actual",
            "TW imports mom -5.1 percent 2024-08 actual",
            "TW imports yoy 11.8 percent 2024-08 actual",
            "TW balance level 11520000000 USD 2024-08 actual",
            "TW balance yoychange -800000000 USD 2024-08 actual",
        ],
    );
}

#[test]
fn a_forecast_has_its_own_period_and_its_forecaster() {
    assert_figures(
        "2025-01-09",
        "財政部公布12月出口435.9億美元，年增9.2%。展望1月，財政部預估出口約395億至410億美元，年增6%至10%。",
        &[
            "TW exports level 43590000000 USD 2024-12 actual",
            "TW exports yoy 9.2 percent 2024-12 actual",
            "TW exports level 39500000000..41000000000 USD 2025-01 forecast by 財政部",
            "TW exports yoy 6..10 percent 2025-01 forecast by 財政部",
        ],
    );
    assert_figures(
        "2023-01-07",
        "12月出口357.5億美元，年減12.1%。1月出口預估年減20%至24%。",
        &[
            "TW exports level 35750000000 USD 2022-12 actual",
            "TW exports yoy -12.1 percent 2022-12 actual",
            "TW exports yoy -24..-20 percent 2023-01 forecast",
        ],
    );
}

#[test]
fn a_revised_forecast_gives_both() {
    assert_figures(
        "2025-06-20",
        "貿發局將本港全年出口增長預測由5%下調至3.5%。",
        &["HK exports yoy 5 percent 2025 forecast by 貿發局", "HK exports yoy 3.5 percent 2025 forecast by 貿發局"],
    );
}

#[test]
fn what_was_expected_is_a_forecast_beside_what_came() {
    assert_figures(
        "2025-10-13",
        "按美元计价，9月份中国出口同比增长8.3%，前值4.4%，预期增6%；进口同比增长7.4%，好于市场预期的1.5%。",
        &[
            "CN exports yoy 8.3 percent 2025-09 actual in USD",
            "CN exports yoy 4.4 percent 2025-08 actual in USD",
            "CN exports yoy 6 percent 2025-09 forecast in USD",
            "CN imports yoy 7.4 percent 2025-09 actual in USD",
            "CN imports yoy 1.5 percent 2025-09 forecast in USD by 市场",
        ],
    );
    assert_figures(
        "2024-06-19",
        "Japan's exports rose 13.5% in May from a year ago, against a market forecast of 13.0%. Imports grew 9.5% in the year to May.",
        &[
            "JP exports yoy 13.5 percent 2024-05 actual",
            "JP exports yoy 13 percent 2024-05 forecast by market",
            "JP imports yoy 9.5 percent 2024-05 actual",
        ],
    );
}

#[test]
fn numbers_of_a_list_belong_to_its_members() {
    assert_figures(
        "2025-04-14",
        "前3個月，日本對中國、美國出口分別減少4.8%和增加3.1%，對歐盟及亞洲進口各增1.5%、2%。",
        &[
            "JP exports with CN yoy -4.8 percent 2025-Q1 actual",
            "JP exports with US yoy 3.1 percent 2025-Q1 actual",
            "JP imports with EU yoy 1.5 percent 2025-Q1 actual",
            "JP imports with ASIA yoy 2 percent 2025-Q1 actual",
        ],
    );
    assert_figures(
        "2024-03-21",
        "South Korea's exports to China rose 7.5% in February, while those to Japan and Vietnam gained 8.2% and fell 4.9%, respectively.",
        &[
            "KR exports with CN yoy 7.5 percent 2024-02 actual",
            "KR exports with JP yoy 8.2 percent 2024-02 actual",
            "KR exports with VN yoy -4.9 percent 2024-02 actual",
        ],
    );
    // A list that does not fit its numbers is left out rather than guessed.
    assert_figures("2025-04-14", "3月日本對中國、美國、泰國出口分別減少4.8%及增加3.1%。", &[]);
}

#[test]
fn shares_name_their_whole() {
    assert_figures(
        "2025-08-08",
        "7月台灣對美出口186.2億美元，對陸港出口152.4億美元，兩者占整體出口比重分別為32.9%、26.9%。",
        &[
            "TW exports with US level 18620000000 USD 2025-07 actual",
            "TW exports with CN+HK level 15240000000 USD 2025-07 actual",
            "TW exports with US share 32.9 percent 2025-07 actual",
            "TW exports with CN+HK share 26.9 percent 2025-07 actual",
        ],
    );
    assert_figures(
        "2025-02-10",
        "2024年德國出口前兩大市場為美國（1,613億歐元，10.4%）及法國（1,150億歐元，7.5%），合計占17.9%。",
        &[
            "DE exports with US level 161300000000 EUR 2024 actual",
            "DE exports with US share 10.4 percent 2024 actual",
            "DE exports with FR level 115000000000 EUR 2024 actual",
            "DE exports with FR share 7.5 percent 2024 actual",
            "DE exports with FR+US share 17.9 percent 2024 actual",
        ],
    );
}

#[test]
fn export_orders_are_orders() {
    assert_figures(
        "2024-05-20",
        "經濟部公布4月外銷訂單471億美元，年增10.8%。4月美國接單148億美元，年增8.2%；化學品接單年增12.7%。",
        &[
            "TW orders level 47100000000 USD 2024-04 actual",
            "TW orders yoy 10.8 percent 2024-04 actual",
            "TW orders with US level 14800000000 USD 2024-04 actual",
            "TW orders with US yoy 8.2 percent 2024-04 actual",
            "TW orders of 化學品 yoy 12.7 percent 2024-04 actual",
        ],
    );
}

#[test]
fn comparisons_have_their_own_periods() {
    assert_figures(
        "1987-06-02",
        "South Korea's trade surplus was 410 mln dlrs in May, up from 390 mln in April and 89 mln in May last year. Exports totalled 3.80 billion dlrs, up 33.7 pct from a year earlier, while imports rose 25.2 pct to 3.39 billion.",
        &[
            "KR balance level 410000000 USD 1987-05 actual",
            "KR balance level 390000000 USD 1987-04 actual",
            "KR balance level 89000000 USD 1986-05 actual",
            "KR exports level 3800000000 USD 1987-05 actual",
            "KR exports yoy 33.7 percent 1987-05 actual",
            "KR imports yoy 25.2 percent 1987-05 actual",
            "KR imports level 3390000000 USD 1987-05 actual",
        ],
    );
}

#[test]
fn an_expectation_an_earlier_value_and_the_value_are_told_apart() {
    assert_figures(
        "2024-08-07",
        "China's exports grew 7.0% in dollar terms year-on-year in July, missing a forecast of 9.7%, compared with an 8.6% rise in June. China's trade surplus stood at $84.65 billion, versus forecasts of $99.0 billion and $99.05 billion in June.",
        &[
            "CN exports yoy 7 percent 2024-07 actual in USD",
            "CN exports yoy 9.7 percent 2024-07 forecast in USD",
            "CN exports yoy 8.6 percent 2024-06 actual in USD",
            "CN balance level 84650000000 USD 2024-07 actual",
            "CN balance level 99000000000 USD 2024-07 forecast",
            "CN balance level 99050000000 USD 2024-06 actual",
        ],
    );
}

#[test]
fn the_first_days_of_a_month_are_a_period() {
    assert_figures(
        "2024-03-11",
        "韩国3月前10天出口同比下降13.4%，为135亿美元，贸易逆差13亿美元。",
        &[
            "KR exports yoy -13.4 percent 2024-03-01/2024-03-10 actual",
            "KR exports level 13500000000 USD 2024-03-01/2024-03-10 actual",
            "KR balance level -1300000000 USD 2024-03-01/2024-03-10 actual",
        ],
    );
}

#[test]
fn own_currency_follows_the_economy() {
    assert_figures(
        "2024-12-27",
        "本港11月整體出口貨值3895億元，按年升2.1%，有形貿易逆差431億元，相等於商品進口貨值的10%。",
        &[
            "HK exports level 389500000000 HKD 2024-11 actual",
            "HK exports yoy 2.1 percent 2024-11 actual",
            "HK balance level -43100000000 HKD 2024-11 actual",
        ],
    );
}

#[test]
fn what_is_no_trade_in_goods_is_left_out() {
    for text in [
        "6月出口物價年增3.2%，進口物價下降1.1%。",
        "台灣第2季經濟成長率8.01%，優於預期的5.2%。",
        "美國將對所有進口汽車加徵25%關稅。",
        "第1季服務貿易逆差586億美元，經常帳順差1476億美元。",
        "台灣6月工業生產年增18.3%，零售業營業額年減2.9%。",
        "上市公司6月營收1,200億元，年增39%，受惠出口暢旺。",
        "出口已連續10個月站穩400億美元大關。",
        "South Korea's export price index rose 8.5% in January.",
        "Taiwan's July exports are the economy's engine; GDP grew 8 percent.",
        "出口增速較上月放緩2.3個百分點。",
        "前5个月，广东进出口3.75万亿元，同比增长4%；其中，出口2.36万亿元，增长1.1%。",
    ] {
        assert_figures("2025-07-09", text, &[]);
    }
}

#[test]
fn a_title_is_told_once_with_its_body() {
    assert_figures(
        "2026-01-09",
        "12月出口飆624億美元 年增43.4%\n\n去年12月台灣出口624.8億美元，年增43.4%。",
        &["TW exports level 62480000000 USD 2025-12 actual", "TW exports yoy 43.4 percent 2025-12 actual"],
    );
}

#[test]
fn evidence_is_the_sentence_and_the_place_of_the_number() {
    let text = "前言。日本5月出口按年升13.5%。";
    let document = document(
        text.to_owned(),
        vec![Block { role: BlockRole::Paragraph, span: 0..text.len(), level: 0, table: None }],
        Vec::new(),
    );
    let figures = reader::read(&document, "2024-06-19".parse().ok(), None);
    let evidence = &figures.first().expect("a figure").evidence;
    assert_eq!(evidence.text, "日本5月出口按年升13.5%。");
    let place: String = text.chars().skip(evidence.start).take(evidence.end - evidence.start).collect();
    assert_eq!(place, "13.5%");
}

/// A document of one table, its rows separated by lines and its cells by `|`.
fn table(caption: &str, note: &str, rows: &str) -> Document {
    let mut text = format!("{caption}\n{note}\n");
    let (caption, note) = (0..caption.len(), caption.len() + 1..caption.len() + 1 + note.len());
    let start = text.len();
    let mut cells = Vec::new();
    for row in rows.lines() {
        let mut spans = Vec::new();
        for cell in row.split('|') {
            let from = text.len();
            text.push_str(cell.trim());
            spans.push(from..text.len());
            text.push(' ');
        }
        text.push('\n');
        cells.push(spans);
    }
    let block = |role, span: std::ops::Range<usize>, table| Block { role, span, level: 0, table };
    let blocks = vec![
        block(BlockRole::Paragraph, caption.clone(), None),
        block(BlockRole::Paragraph, note.clone(), None),
        block(BlockRole::Table, start..text.len(), Some(0)),
    ];
    let table = Table { caption: Some(caption), notes: vec![note], header_rows: 1, rows: cells };
    document(text, blocks, vec![table])
}

#[test]
fn a_table_gives_each_cell_with_row_column_and_caption() {
    let document = table(
        "表三：2026年2月日本前3大貨品進口來源",
        "單位：億美元",
        "排名|國家|2026年2月|2025年2月|年增率(%)\n|全球|612.5|598.0|2.42%\n1|中國|140.2|150.1|-6.6%\n2|臺灣|0|12.4|-",
    );
    let expected = [
        "JP imports level 61250000000 USD 2026-02 actual",
        "JP imports level 59800000000 USD 2025-02 actual",
        "JP imports yoy 2.42 percent 2026-02 actual",
        "JP imports with CN level 14020000000 USD 2026-02 actual",
        "JP imports with CN level 15010000000 USD 2025-02 actual",
        "JP imports with CN yoy -6.6 percent 2026-02 actual",
        "JP imports with TW level 1240000000 USD 2025-02 actual",
    ];
    assert_eq!(print(&document, "2026-03-18", None).lines().collect::<Vec<_>>(), expected);
}

proptest::proptest! {
    #[test]
    fn any_text_is_read_without_a_panic(text in "(\\PC|出口|年增|對美國|分別|12%|5億美元|去年|（|）|，|。|exports |rose |from |billion |respectively){0,60}") {
        let _read = figures(&text, "2025-03-01");
    }
}

#[test]
fn half_of_a_fiscal_year_is_not_half_of_a_calendar_year() {
    assert_figures(
        "2025-10-22",
        "Japan's exports rose 4.2% in September from a year earlier. For the first half of the fiscal year, the trade deficit came to 1.22 trillion yen.",
        &["JP exports yoy 4.2 percent 2025-09 actual", "JP balance level -1220000000000 JPY 2025-04/2025-09 actual"],
    );
}

#[test]
fn a_partner_without_a_period_behind_a_sum_and_a_month_is_not_sure() {
    let text = "海关总署13日公布，今年前三季度，我国货物贸易出口19.95万亿元，增长7.1%。9月份出口3285.7亿美元，增长8.3%。我国对东盟出口4.5万亿元，增长9.6%。";
    let published = jiff::civil::date(2025, 10, 13);
    let document = bellwether_extractors::page::plain(text, Some(published));
    let read = reader::read(&document, Some(published), None);
    let unsure = |figure: &&bellwether_model::figure::Figure| figure.confidence == Confidence::Low;
    assert!(read.iter().filter(unsure).count() > 0);
    assert!(read.iter().all(|figure| (figure.confidence == Confidence::Low) == figure.partner.is_some()), "{read:?}");
}

#[test]
fn a_title_that_names_no_flow_says_of_when_the_figures_are() {
    assert_figures(
        "2031-02-20",
        "日本1月貿易統計（速報）\n\n對美出口1兆5,100億日圓（-2.0%）。",
        &[
            "JP exports with US level 1510000000000 JPY 2031-01 actual",
            "JP exports with US yoy -2 percent 2031-01 actual",
        ],
    );
    assert_figures(
        "2031-02-20",
        "2031年1月外贸数据\n\n中国对东盟出口5200亿元。",
        &["CN exports with ASEAN level 520000000000 CNY 2031-01 actual"],
    );
    assert_figures("2031-02-20", "日本1月份天氣\n\n對美出口1兆5,100億日圓（-2.0%）。", &[]);
}
