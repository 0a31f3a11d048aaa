//! Tables whose unit, flow or measure stands in the lines around them, or whose rows are economies that report.

use bellwether_extractors::{PageContext, extract};
use bellwether_model::figure::Amount;

/// `area flow partner product period measure value unit` of each figure.
fn read(content_type: &str, page: &str, published: &str) -> Vec<String> {
    let context = PageContext {
        content_type: Some(content_type.to_owned()),
        published: Some(published.to_owned()),
        ..PageContext::default()
    };
    let figures = extract(page.as_bytes(), &context).figures;
    let line = |figure: &bellwether_model::figure::Figure| {
        let Amount::Value { value } = figure.amount else { return "a range".to_owned() };
        let partner = figure.partner.as_ref().map_or("-".to_owned(), ToString::to_string);
        let product = figure.product.as_deref().unwrap_or("-");
        let (flow, measure) = (figure.flow.code(), figure.measure.code());
        format!(
            "{} {flow} {partner} {product} {} {measure} {value} {}",
            figure.area,
            figure.period,
            figure.unit.as_str()
        )
    };
    figures.iter().map(line).collect()
}

#[test]
fn a_note_above_says_the_unit_of_all_tables_below() {
    let page = "<h1>Trade in Goods with Norway</h1><p>NOTE: All figures are in millions of U.S. dollars, not seasonally adjusted.</p>\
        <h2>2031 : U.S. trade in goods with Norway</h2><table><tr><th>Month</th><th>Exports</th><th>Imports</th></tr>\
        <tr><td>January 2031</td><td>310.5</td><td>520.0</td></tr><tr><td>February 2031</td><td>0.0</td><td>0.0</td></tr></table>";
    assert_eq!(
        read("text/html", page, "2031-03-07"),
        ["US exports NO - 2031-01 level 310500000 USD", "US imports NO - 2031-01 level 520000000 USD"]
    );
}

#[test]
fn the_line_before_a_table_names_it() {
    let page = "Exports of Chile by market, May 2031\n\nExports, billion US dollars\n\
        Market\tMay 2031\nJapan\t1.4\nBrazil\t0.9\n";
    assert_eq!(
        read("text/plain", page, "2031-06-07"),
        ["CL exports JP - 2031-05 level 1400000000 USD", "CL exports BR - 2031-05 level 900000000 USD"]
    );
}

#[test]
fn a_caption_of_rates_says_what_columns_of_months_count() {
    let page = "<h1>Singapore trade, June 2031</h1><table><caption>NODX by market, year-on-year growth (%)</caption>\
        <tr><th>Market</th><th>May 2031</th><th>Jun 2031</th></tr><tr><td>Japan</td><td>(-)4.5</td><td>2.0</td></tr></table>";
    assert_eq!(
        read("text/html", page, "2031-07-17"),
        [
            "SG exports JP non-oil domestic 2031-05 yoy -4.5 percent",
            "SG exports JP non-oil domestic 2031-06 yoy 2 percent"
        ]
    );
}

#[test]
fn economies_set_side_by_side_report_their_own_trade() {
    let page = "# 每週簡報\n\n## 主要經濟體4月出口\n\n| 經濟體 | 出口額 | 年增率 |\n|---|---|---|\n| 台灣 | 402.0億美元 | +7.5% |\n| 韓國 | 533.0億美元 | −2.5% |\n";
    assert_eq!(
        read("text/markdown", page, "2031-05-16"),
        [
            "TW exports - - 2031-04 level 40200000000 USD",
            "TW exports - - 2031-04 yoy 7.5 percent",
            "KR exports - - 2031-04 level 53300000000 USD",
            "KR exports - - 2031-04 yoy -2.5 percent"
        ]
    );
}

#[test]
fn a_change_and_its_base_may_stand_in_two_headings_and_sums_in_one() {
    let page = "<html lang='zh'><head><meta property='og:site_name' content='中华人民共和国海关总署'></head><body>\
        <h1>2031年4月进出口商品总值表</h1><p>单位：亿美元</p><table><tr><th rowspan='2'>项目</th><th rowspan='2'>当月</th>\
        <th rowspan='2'>1至当月累计</th><th colspan='2'>当月比(%)</th></tr><tr><th>上月</th><th>去年同月</th></tr>\
        <tr><td>出口总值</td><td>2,924.0</td><td>10,997.0</td><td>4.5</td><td>1.5</td></tr></table></body></html>";
    assert_eq!(
        read("text/html", page, "2031-05-09"),
        [
            "CN exports - - 2031-04 level 292400000000 USD",
            "CN exports - - 2031-01/2031-04 level 1099700000000 USD",
            "CN exports - - 2031-04 mom 4.5 percent",
            "CN exports - - 2031-04 yoy 1.5 percent"
        ]
    );
}

#[test]
fn spaced_names_are_names_and_what_is_set_against_last_year_is_no_level() {
    let page = "<html lang='zh-Hant'><h1>120年1月我國對主要貿易對手出口</h1><table><caption>單位：億美元；%</caption>\
        <tr><th>對手國</th><th>出口金額</th><th>與上年同月比</th></tr><tr><td>日　本</td><td>20.2</td><td>▼2.8</td></tr></table>";
    assert_eq!(
        read("text/html", page, "2031-02-07"),
        ["TW exports JP - 2031-01 level 2020000000 USD", "TW exports JP - 2031-01 yoy -2.8 percent"]
    );
}
