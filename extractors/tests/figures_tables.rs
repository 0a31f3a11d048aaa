//! What the reader of figures makes of tables as statistics offices publish them: one figure a line.

use bellwether_extractors::{PageContext, figures, page};
use bellwether_model::figure::{Amount, Figure};
use bellwether_model::place::Area;

/// The one place that calls the reader: the figures of a page, one a line.
fn read(markup: &str, published: &str, area: Option<&str>) -> Vec<String> {
    let kind = if markup.trim_start().starts_with('<') { "text/html" } else { "text/markdown" };
    let context = PageContext {
        content_type: Some(format!("{kind}; charset=utf-8")),
        published: Some(published.to_owned()),
        ..PageContext::default()
    };
    let (document, _) = page::read(markup.as_bytes(), &context);
    let day = document.published.map(|time| time.date());
    let area = area.map(Area::new);
    figures::read(&document, day, area.as_ref()).iter().map(line).collect()
}

fn line(figure: &Figure) -> String {
    let name = |value: &dyn std::fmt::Debug| format!("{value:?}").to_lowercase();
    let mut words = vec![figure.area.to_string(), name(&figure.flow)];
    words.extend(figure.partner.as_ref().map(|partner| format!("with {partner}")));
    words.extend(figure.product.as_ref().map(|product| format!("of {product}")));
    words.push(name(&figure.measure));
    words.push(match figure.amount {
        Amount::Value { value } => value.to_string(),
        Amount::Range { low, high } => format!("{low}..{high}"),
    });
    words.extend([figure.unit.as_str().to_owned(), figure.period.to_string(), name(&figure.status)]);
    words.join(" ")
}

#[track_caller]
fn assert_table(markup: &str, published: &str, area: &str, expected: &[&str]) {
    let found = read(markup, published, Some(area));
    assert_eq!(found, expected, "\n{}\n", found.join("\n"));
}

#[test]
fn flows_in_rows_and_periods_in_columns() {
    assert_table(
        "表一：2025年2月海關出口及進口總值\n\n單位：億美元\n\n| 項目 | 2025年2月 | 2024年2月 | 年增率(%) |\n|---|---|---|---|\n| 出口 | 413.1 | 314.1 | 31.5 |\n| 進口 | 347.2 | 314.5 | 10.4 |\n| 出超 | 65.9 | -0.4 | - |\n",
        "2025-03-08",
        "TW",
        &[
            "TW exports level 41310000000 USD 2025-02 actual",
            "TW exports level 31410000000 USD 2024-02 actual",
            "TW exports yoy 31.5 percent 2025-02 actual",
            "TW imports level 34720000000 USD 2025-02 actual",
            "TW imports level 31450000000 USD 2024-02 actual",
            "TW imports yoy 10.4 percent 2025-02 actual",
            "TW balance level 6590000000 USD 2025-02 actual",
            "TW balance level -40000000 USD 2024-02 actual",
        ],
    );
}

#[test]
fn product_classes_in_rows_are_no_headline_figures() {
    assert_table(
        "表二：114年12月主要出口貨品\n\n| 貨品別 | 金額（億美元） | 較上年同月增減(%) | 構成比(%) |\n|---|---|---|---|\n| 總計 | 624.8 | 43.4 | 100.0 |\n| 電子零組件 | 221.3 | 28.7 | 35.4 |\n| 資通與視聽產品 | 262.8 | 91.5 | 42.1 |\n| 其他 | 140.7 | 5.2 | 22.5 |\n",
        "2026-01-09",
        "TW",
        &[
            "TW exports level 62480000000 USD 2025-12 actual",
            "TW exports yoy 43.4 percent 2025-12 actual",
            "TW exports of 電子零組件 level 22130000000 USD 2025-12 actual",
            "TW exports of 電子零組件 yoy 28.7 percent 2025-12 actual",
            "TW exports of 電子零組件 share 35.4 percent 2025-12 actual",
            "TW exports of 資通與視聽產品 level 26280000000 USD 2025-12 actual",
            "TW exports of 資通與視聽產品 yoy 91.5 percent 2025-12 actual",
            "TW exports of 資通與視聽產品 share 42.1 percent 2025-12 actual",
        ],
    );
}

#[test]
fn groups_of_rows_and_a_sum_since_january() {
    assert_table(
        "<html><body><article><h1>114年12月海關進出口貿易初步統計</h1><p>財政部統計處今日發布。</p><table><caption>表1 進出口貿易概況 單位：億美元；%</caption><thead><tr><th rowspan=2>項目</th><th colspan=2>12月</th><th colspan=2>1-12月累計</th></tr><tr><th>金額</th><th>年增率</th><th>金額</th><th>年增率</th></tr></thead><tbody><tr><td>一、出口</td><td>624.8</td><td>43.4</td><td>6,407.5</td><td>34.9</td></tr><tr><td>　電子零組件</td><td>221.3</td><td>28.7</td><td>2,227.9</td><td>25.8</td></tr><tr><td>二、進口</td><td>430.5</td><td>14.9</td><td>4,836.1</td><td>22.6</td></tr><tr><td>三、出(入)超</td><td>194.3</td><td>217.4</td><td>1,571.4</td><td>94.7</td></tr><tr><td>匯率(新臺幣/美元)</td><td>31.4</td><td>-3.1</td><td>31.2</td><td>-2.8</td></tr></tbody></table></article></body></html>",
        "2026-01-09",
        "TW",
        &[
            "TW exports level 62480000000 USD 2025-12 actual",
            "TW exports yoy 43.4 percent 2025-12 actual",
            "TW exports level 640750000000 USD 2025 actual",
            "TW exports yoy 34.9 percent 2025 actual",
            "TW exports of 電子零組件 level 22130000000 USD 2025-12 actual",
            "TW exports of 電子零組件 yoy 28.7 percent 2025-12 actual",
            "TW exports of 電子零組件 level 222790000000 USD 2025 actual",
            "TW exports of 電子零組件 yoy 25.8 percent 2025 actual",
            "TW imports level 43050000000 USD 2025-12 actual",
            "TW imports yoy 14.9 percent 2025-12 actual",
            "TW imports level 483610000000 USD 2025 actual",
            "TW imports yoy 22.6 percent 2025 actual",
            "TW balance level 19430000000 USD 2025-12 actual",
            "TW balance yoy 217.4 percent 2025-12 actual",
            "TW balance level 157140000000 USD 2025 actual",
            "TW balance yoy 94.7 percent 2025 actual",
        ],
    );
}

#[test]
fn years_and_months_in_rows_and_flows_in_spanned_headings() {
    assert_table(
        "<table><caption>進出口貿易值　單位：百萬美元</caption><tr><th rowspan=2>年月別<th colspan=2>出口<th colspan=2>進口<th rowspan=2>出(入)超</tr><tr><th>金額<th>年增率(%)<th>金額<th>年增率(%)</tr><tr><td>113年<td>475,070<td>9.9<td>394,300<td>12.2<td>80,770</tr><tr><td>　11月<td>41,090<td>9.7<td>33,210<td>19.8<td>7,880</tr><tr><td>　12月<td>43,580<td>9.2<td>37,440<td>30.4<td>6,140</tr><tr><td>114年<td>640,750<td>34.9<td>483,610<td>22.6<td>157,140</tr><tr><td>　1月<td>38,710<td>4.4<td>28,780<td>-17.2<td>9,930</tr></table>",
        "2026-01-09",
        "TW",
        &[
            "TW exports level 475070000000 USD 2024 actual",
            "TW exports yoy 9.9 percent 2024 actual",
            "TW imports level 394300000000 USD 2024 actual",
            "TW imports yoy 12.2 percent 2024 actual",
            "TW balance level 80770000000 USD 2024 actual",
            "TW exports level 41090000000 USD 2024-11 actual",
            "TW exports yoy 9.7 percent 2024-11 actual",
            "TW imports level 33210000000 USD 2024-11 actual",
            "TW imports yoy 19.8 percent 2024-11 actual",
            "TW balance level 7880000000 USD 2024-11 actual",
            "TW exports level 43580000000 USD 2024-12 actual",
            "TW exports yoy 9.2 percent 2024-12 actual",
            "TW imports level 37440000000 USD 2024-12 actual",
            "TW imports yoy 30.4 percent 2024-12 actual",
            "TW balance level 6140000000 USD 2024-12 actual",
            "TW exports level 640750000000 USD 2025 actual",
            "TW exports yoy 34.9 percent 2025 actual",
            "TW imports level 483610000000 USD 2025 actual",
            "TW imports yoy 22.6 percent 2025 actual",
            "TW balance level 157140000000 USD 2025 actual",
            "TW exports level 38710000000 USD 2025-01 actual",
            "TW exports yoy 4.4 percent 2025-01 actual",
            "TW imports level 28780000000 USD 2025-01 actual",
            "TW imports yoy -17.2 percent 2025-01 actual",
            "TW balance level 9930000000 USD 2025-01 actual",
        ],
    );
}

#[test]
fn tables_of_china_customs() {
    assert_table(
        "# 2025年11月进出口商品总值表（美元值）\n\n单位：亿美元\n\n| 项目 | 11月 | 1至11月累计 | 11月同比（%） | 1至11月累计同比（%） |\n|---|---|---|---|---|\n| 进出口总值 | 5490.1 | 57846.4 | 4.3 | 2.9 |\n| 出口总值 | 3303.5 | 34146.7 | 5.9 | 5.4 |\n| 进口总值 | 2186.6 | 23699.7 | 1.9 | -0.6 |\n| 进出口差额 | 1116.8 | 10447.0 | — | — |\n",
        "2025-12-08",
        "CN",
        &[
            "CN total level 549010000000 USD 2025-11 actual",
            "CN total level 5784640000000 USD 2025-01/2025-11 actual",
            "CN total yoy 4.3 percent 2025-11 actual",
            "CN total yoy 2.9 percent 2025-01/2025-11 actual",
            "CN exports level 330350000000 USD 2025-11 actual",
            "CN exports level 3414670000000 USD 2025-01/2025-11 actual",
            "CN exports yoy 5.9 percent 2025-11 actual",
            "CN exports yoy 5.4 percent 2025-01/2025-11 actual",
            "CN imports level 218660000000 USD 2025-11 actual",
            "CN imports level 2369970000000 USD 2025-01/2025-11 actual",
            "CN imports yoy 1.9 percent 2025-11 actual",
            "CN imports yoy -0.6 percent 2025-01/2025-11 actual",
            "CN balance level 111680000000 USD 2025-11 actual",
            "CN balance level 1044700000000 USD 2025-01/2025-11 actual",
        ],
    );
}

#[test]
fn partners_in_rows_under_flows_of_two_heading_rows() {
    assert_table(
        "<table><caption>（2）2025年12月进出口商品国别（地区）总值表 单位：千美元</caption><thead><tr><th rowspan=2>国家（地区）<th colspan=2>出口<th colspan=2>进口<tr><th>金额<th>同比±%<th>金额<th>同比±%</thead><tr><td>总值<td>357,780,000<td>6.6<td>243,640,000<td>5.7<tr><td>东盟<td>60,000,000<td>11.1<td>35,000,000<td>-5.4<tr><td>美国<td>34,000,000<td>-30.0<td>11,000,000<td>-29.0</table>",
        "2026-01-18",
        "CN",
        &[
            "CN exports level 357780000000 USD 2025-12 actual",
            "CN exports yoy 6.6 percent 2025-12 actual",
            "CN imports level 243640000000 USD 2025-12 actual",
            "CN imports yoy 5.7 percent 2025-12 actual",
            "CN exports with ASEAN level 60000000000 USD 2025-12 actual",
            "CN exports with ASEAN yoy 11.1 percent 2025-12 actual",
            "CN imports with ASEAN level 35000000000 USD 2025-12 actual",
            "CN imports with ASEAN yoy -5.4 percent 2025-12 actual",
            "CN exports with US level 34000000000 USD 2025-12 actual",
            "CN exports with US yoy -30 percent 2025-12 actual",
            "CN imports with US level 11000000000 USD 2025-12 actual",
            "CN imports with US yoy -29 percent 2025-12 actual",
        ],
    );
}

#[test]
fn korea_counts_in_rows_with_a_rate_below_each_flow() {
    assert_table(
        "# Korea's exports and imports in December 2025\n\nTable 1. Trade trends (US$ billion, %)\n\n| | Dec. 2024 | Nov. 2025 | Dec. 2025 p |\n|---|---|---|---|\n| Exports | 61.4 | 61.0 | 69.6 |\n| YoY (%) | 6.6 | 8.4 | 13.4 |\n| Imports | 54.9 | 51.3 | 57.4 |\n| YoY (%) | 3.3 | 1.2 | 4.6 |\n| Trade balance | 6.5 | 9.7 | 12.2 |\n",
        "2026-01-01",
        "KR",
        &[
            "KR exports level 61400000000 USD 2024-12 actual",
            "KR exports level 61000000000 USD 2025-11 actual",
            "KR exports level 69600000000 USD 2025-12 preliminary",
            "KR exports yoy 6.6 percent 2024-12 actual",
            "KR exports yoy 8.4 percent 2025-11 actual",
            "KR exports yoy 13.4 percent 2025-12 preliminary",
            "KR imports level 54900000000 USD 2024-12 actual",
            "KR imports level 51300000000 USD 2025-11 actual",
            "KR imports level 57400000000 USD 2025-12 preliminary",
            "KR imports yoy 3.3 percent 2024-12 actual",
            "KR imports yoy 1.2 percent 2025-11 actual",
            "KR imports yoy 4.6 percent 2025-12 preliminary",
            "KR balance level 6500000000 USD 2024-12 actual",
            "KR balance level 9700000000 USD 2025-11 actual",
            "KR balance level 12200000000 USD 2025-12 preliminary",
        ],
    );
}

#[test]
fn japan_counts_yen_and_marks_falls_with_triangles() {
    assert_table(
        "# Japan's Trade Statistics, December 2025 (Provisional)\n\nUnit: billion yen, %\n\n| Period | Exports | Y-o-Y | Imports | Y-o-Y | Balance |\n|---|---|---|---|---|---|\n| Oct. 2025 | 9,766.3 | 3.6 | 9,998.1 | 0.7 | △231.8 |\n| Nov. 2025 (r) | 9,714.7 | 6.1 | 9,392.6 | 1.3 | 322.1 |\n| Dec. 2025 (p) | 10,411.5 | 5.1 | 10,305.8 | 5.3 | 105.7 |\n",
        "2026-01-22",
        "JP",
        &[
            "JP exports level 9766300000000 JPY 2025-10 actual",
            "JP exports yoy 3.6 percent 2025-10 actual",
            "JP imports level 9998100000000 JPY 2025-10 actual",
            "JP imports yoy 0.7 percent 2025-10 actual",
            "JP balance level -231800000000 JPY 2025-10 actual",
            "JP exports level 9714700000000 JPY 2025-11 revised",
            "JP exports yoy 6.1 percent 2025-11 revised",
            "JP imports level 9392600000000 JPY 2025-11 revised",
            "JP imports yoy 1.3 percent 2025-11 revised",
            "JP balance level 322100000000 JPY 2025-11 revised",
            "JP exports level 10411500000000 JPY 2025-12 preliminary",
            "JP exports yoy 5.1 percent 2025-12 preliminary",
            "JP imports level 10305800000000 JPY 2025-12 preliminary",
            "JP imports yoy 5.3 percent 2025-12 preliminary",
            "JP balance level 105700000000 JPY 2025-12 preliminary",
        ],
    );
}

#[test]
fn hong_kong_keeps_domestic_and_re_exports_apart() {
    assert_table(
        "## External merchandise trade of Hong Kong, November 2025\n\n| | HK$ million | Year-on-year % change |\n|---|---|---|\n| Total exports | 467,600 | +18.8 |\n| Re-exports | 463,100 | +18.9 |\n| Domestic exports | 4,500 | +8.1 |\n| Imports | 516,200 | +18.1 |\n| Trade balance | -48,600 | |\n",
        "2025-12-29",
        "HK",
        &[
            "HK exports level 467600000000 HKD 2025-11 actual",
            "HK exports yoy 18.8 percent 2025-11 actual",
            "HK imports level 516200000000 HKD 2025-11 actual",
            "HK imports yoy 18.1 percent 2025-11 actual",
            "HK balance level -48600000000 HKD 2025-11 actual",
        ],
    );
}

#[test]
fn singapore_writes_years_and_months_in_two_columns() {
    assert_table(
        "# Singapore merchandise trade\n\nUnit: S$ million\n\n| Year | Month | Total Trade | Exports | Imports |\n|---|---|---|---|---|\n| 2025 | Oct | 118,000 | 63,200 | 54,800 |\n| | Nov | 115,400 | 61,000 | 54,400 |\n| 2026 | Jan | 121,000 | 65,000 | 56,000 |\n",
        "2026-02-17",
        "SG",
        &[
            "SG total level 118000000000 SGD 2025-10 actual",
            "SG exports level 63200000000 SGD 2025-10 actual",
            "SG imports level 54800000000 SGD 2025-10 actual",
            "SG total level 115400000000 SGD 2025-11 actual",
            "SG exports level 61000000000 SGD 2025-11 actual",
            "SG imports level 54400000000 SGD 2025-11 actual",
            "SG total level 121000000000 SGD 2026-01 actual",
            "SG exports level 65000000000 SGD 2026-01 actual",
            "SG imports level 56000000000 SGD 2026-01 actual",
        ],
    );
}

#[test]
fn a_sum_beside_exports_and_imports_is_total_trade() {
    assert_table(
        "Trade of Taiwan with the United States (US$ billion)\n\nMonth/Year\tTotal\tExport\tImport\nJan. 2025\t12.3\t8.1\t4.2\nFeb. 2025\t16.0\t11.8\t4.2\n",
        "2025-03-15",
        "TW",
        &[
            "TW total with US level 12300000000 USD 2025-01 actual",
            "TW exports with US level 8100000000 USD 2025-01 actual",
            "TW imports with US level 4200000000 USD 2025-01 actual",
            "TW total with US level 16000000000 USD 2025-02 actual",
            "TW exports with US level 11800000000 USD 2025-02 actual",
            "TW imports with US level 4200000000 USD 2025-02 actual",
        ],
    );
}

#[test]
fn census_marks_deficits_with_brackets() {
    assert_table(
        "# U.S. Trade in Goods with China\n\nNOTE: All figures are in millions of U.S. dollars on a nominal basis.\n\n| Month | Exports | Imports | Balance |\n|---|---|---|---|\n| January 2025 | 9,907.1 | 41,636.0 | (31,728.9) |\n| February 2025 | 9,500.0 | 31,300.0 | (21,800.0) |\n| TOTAL 2025 | 19,407.1 | 72,936.0 | (53,528.9) |\n",
        "2025-04-03",
        "US",
        &[
            "US exports with CN level 9907100000 USD 2025-01 actual",
            "US imports with CN level 41636000000 USD 2025-01 actual",
            "US balance with CN level -31728900000 USD 2025-01 actual",
            "US exports with CN level 9500000000 USD 2025-02 actual",
            "US imports with CN level 31300000000 USD 2025-02 actual",
            "US balance with CN level -21800000000 USD 2025-02 actual",
        ],
    );
}

#[test]
fn deficits_in_positive_numbers_are_below_zero() {
    assert_table(
        "表四：2026年1月美國前3大貨品逆差來源國\n\n單位：億美元\n\n排名\t國家\t2026年1月\t2025年1月\t年增率(%)\n\t全球\t741.5\t1,533.1\t-51.63%\n1\t臺灣\t167.8\t77.0\t117.81%\n2\t越南\t188.0\t112.3\t67.4%\n",
        "2026-03-18",
        "TW",
        &[
            "US balance level -74150000000 USD 2026-01 actual",
            "US balance level -153310000000 USD 2025-01 actual",
            "US balance yoy -51.63 percent 2026-01 actual",
            "US balance with TW level -16780000000 USD 2026-01 actual",
            "US balance with TW level -7700000000 USD 2025-01 actual",
            "US balance with TW yoy 117.81 percent 2026-01 actual",
            "US balance with VN level -18800000000 USD 2026-01 actual",
            "US balance with VN level -11230000000 USD 2025-01 actual",
            "US balance with VN yoy 67.4 percent 2026-01 actual",
        ],
    );
}

#[test]
fn sections_inside_a_table_name_the_flow() {
    assert_table(
        "<table><caption>表3 對主要地區貿易，114年11月 單位：億美元</caption><tr><th>地區<th>金額<th>年增率(%)<tr><td colspan=3>出口<tr><td>美國<td>244.2<td>182.3<tr><td>日本<td>29.2<td>26.9<tr><td colspan=3>進口<tr><td>美國<td>43.1<td>12.5<tr><td>日本<td>52.2<td>29.0</table>",
        "2025-12-09",
        "TW",
        &[
            "TW exports with US level 24420000000 USD 2025-11 actual",
            "TW exports with US yoy 182.3 percent 2025-11 actual",
            "TW exports with JP level 2920000000 USD 2025-11 actual",
            "TW exports with JP yoy 26.9 percent 2025-11 actual",
            "TW imports with US level 4310000000 USD 2025-11 actual",
            "TW imports with US yoy 12.5 percent 2025-11 actual",
            "TW imports with JP level 5220000000 USD 2025-11 actual",
            "TW imports with JP yoy 29 percent 2025-11 actual",
        ],
    );
}

#[test]
fn a_year_in_each_row_and_a_month_in_each_column() {
    assert_table(
        "表5 出口值\n\n單位：新臺幣億元\n\n| 年 | 1月 | 2月 | 3月 |\n|---|---|---|---|\n| 113 | 11,600 | 9,900 | 13,200 |\n| 114 | 12,700 | 13,500 | … |\n",
        "2025-03-20",
        "TW",
        &[
            "TW exports level 1160000000000 TWD 2024-01 actual",
            "TW exports level 990000000000 TWD 2024-02 actual",
            "TW exports level 1320000000000 TWD 2024-03 actual",
            "TW exports level 1270000000000 TWD 2025-01 actual",
            "TW exports level 1350000000000 TWD 2025-02 actual",
        ],
    );
}

#[test]
fn partners_and_product_classes_in_columns() {
    assert_table(
        "表6 我國出口主要市場，2025年10月\n\n單位：億美元\n\n| 項目 | 全球 | 中國大陸及香港 | 美國 |\n|---|---|---|---|\n| 金額 | 618.0 | 152.4 | 210.9 |\n| 年增率(%) | 49.7 | 2.4 | 144.3 |\n| 比重(%) | 100.0 | 24.7 | 34.1 |\n",
        "2025-11-07",
        "TW",
        &[
            "TW exports level 61800000000 USD 2025-10 actual",
            "TW exports with CN+HK level 15240000000 USD 2025-10 actual",
            "TW exports with US level 21090000000 USD 2025-10 actual",
            "TW exports yoy 49.7 percent 2025-10 actual",
            "TW exports with CN+HK yoy 2.4 percent 2025-10 actual",
            "TW exports with US yoy 144.3 percent 2025-10 actual",
            "TW exports with CN+HK share 24.7 percent 2025-10 actual",
            "TW exports with US share 34.1 percent 2025-10 actual",
        ],
    );
}

#[test]
fn the_change_is_money_or_percent_as_its_heading_says() {
    assert_table(
        "<table><caption>表7 出口，2025年9月 單位：億美元</caption><tr><th rowspan=2>國家別<th rowspan=2>本月<th rowspan=2>上年同月<th colspan=2>較上年同月增減<tr><th>金額<th>%<tr><td>美國<td>203.0<td>115.1<td>87.9<td>76.4<tr><td>日本<td>26.0<td>24.0<td>2.0<td>8.3</table>",
        "2025-10-09",
        "TW",
        &[
            "TW exports with US level 20300000000 USD 2025-09 actual",
            "TW exports with US level 11510000000 USD 2024-09 actual",
            "TW exports with US yoychange 8790000000 USD 2025-09 actual",
            "TW exports with US yoy 76.4 percent 2025-09 actual",
            "TW exports with JP level 2600000000 USD 2025-09 actual",
            "TW exports with JP level 2400000000 USD 2024-09 actual",
            "TW exports with JP yoychange 200000000 USD 2025-09 actual",
            "TW exports with JP yoy 8.3 percent 2025-09 actual",
        ],
    );
}

#[test]
fn contradictions_give_nothing() {
    for table in [
        // The row says imports, the column exports.
        "表一：2025年2月\n\n單位：億美元\n\n| 項目 | 出口 |\n|---|---|\n| 進口 | 413.1 |\n| 進口 | 413.2 |\n",
        // Two flows in the caption, none in rows or columns.
        "表一：2025年2月出口及進口\n\n單位：億美元\n\n| 國家 | 金額 |\n|---|---|\n| 美國 | 413.1 |\n| 日本 | 13.1 |\n",
        // A month in the row, another in the column.
        "表一：出口\n\n單位：億美元\n\n| 月別 | 2025年3月 |\n|---|---|\n| 2025年1月 | 413.1 |\n| 2025年2月 | 13.1 |\n",
        // No unit.
        "表一：2025年2月出口\n\n| 國家 | 金額 |\n|---|---|\n| 美國 | 413.1 |\n| 日本 | 13.1 |\n",
    ] {
        assert_table(table, "2025-04-08", "TW", &[]);
    }
}

#[test]
fn what_is_no_trade_in_goods_gives_nothing() {
    for table in [
        "# 12月出口創高 台股上漲\n\n| 公司 | 營收(億元) | 年增率(%) |\n|---|---|---|\n| 台積電 | 3,350 | 20.4 |\n| 鴻海 | 8,628 | 31.8 |\n",
        "表1 2025年服務貿易出口\n\n單位：億美元\n\n| 項目 | 金額 | 年增率(%) |\n|---|---|---|\n| 旅行 | 100.1 | 3.2 |\n| 運輸 | 120.3 | 4.2 |\n",
        "表2 各國經濟成長率\n\n| 國家 | 2024年 | 2025年 |\n|---|---|---|\n| 美國 | 2.8% | 2.0% |\n| 日本 | 0.1% | 1.1% |\n",
        "表3 2025年12月出口物價指數\n\n| 項目 | 指數 | 年增率(%) |\n|---|---|---|\n| 總指數 | 100.1 | 3.2 |\n| 電子 | 120.3 | 4.2 |\n",
        "表4 2025年出口數量\n\n單位：公噸\n\n| 國家 | 2025年 | 年增率(%) |\n|---|---|---|\n| 美國 | 100,001 | 3.2 |\n| 日本 | 120,003 | 4.2 |\n",
        "## Export market concentration\n\n| Country | HHI | Score |\n|---|---|---|\n| Taiwan | 1,200 | 3.2 |\n| Japan | 900 | 4.2 |\n",
    ] {
        assert_table(table, "2026-01-09", "TW", &[]);
    }
}

#[test]
fn a_change_between_two_months_is_against_the_month_before() {
    assert_table(
        "Table 2. Exports by main item (US$ bn)\n\n| Item | Nov 2025 | Dec 2025 | Change (%) |\n|---|---|---|---|\n| Semiconductors | 17.3 | 20.8 | 20.2 |\n| Automobiles | 6.4 | 6.0 | (6.3) |\n",
        "2026-01-15",
        "KR",
        &[
            "KR exports of Semiconductors level 17300000000 USD 2025-11 actual",
            "KR exports of Semiconductors level 20800000000 USD 2025-12 actual",
            "KR exports of Semiconductors mom 20.2 percent 2025-12 actual",
            "KR exports of Automobiles level 6400000000 USD 2025-11 actual",
            "KR exports of Automobiles level 6000000000 USD 2025-12 actual",
            "KR exports of Automobiles mom -6.3 percent 2025-12 actual",
        ],
    );
}

#[test]
fn partners_share_a_total_and_units_stand_in_rows() {
    assert_table(
        "# Exports by country, December 2025\n\n(Unit: US$ million, %)\n\n| Country | Amount | YoY | Share |\n|---|---|---|---|\n| Total | 69,600 | 13.4 | 100.0 |\n| China | 13,000 | 10.1 | 18.7 |\n| EU | 7,000 | n.a. | 10.1 |\n",
        "2026-01-01",
        "KR",
        &[
            "KR exports level 69600000000 USD 2025-12 actual",
            "KR exports yoy 13.4 percent 2025-12 actual",
            "KR exports with CN level 13000000000 USD 2025-12 actual",
            "KR exports with CN yoy 10.1 percent 2025-12 actual",
            "KR exports with CN share 18.7 percent 2025-12 actual",
            "KR exports with EU level 7000000000 USD 2025-12 actual",
            "KR exports with EU share 10.1 percent 2025-12 actual",
        ],
    );
    assert_table(
        "# Trade data\n\n| | 2024 | 2025 | Change (%) |\n|---|---|---|---|\n| Exports (US$ million) | 475,070 | 640,750 | 34.9 |\n| Trade surplus (US$ million) | 80,770 | 157,140 | 94.6 |\n| Exports of services (US$ million) | 50,770 | 57,140 | 9.6 |\n",
        "2026-02-09",
        "TW",
        &[
            "TW exports level 475070000000 USD 2024 actual",
            "TW exports level 640750000000 USD 2025 actual",
            "TW exports yoy 34.9 percent 2025 actual",
            "TW balance level 80770000000 USD 2024 actual",
            "TW balance level 157140000000 USD 2025 actual",
            "TW balance yoy 94.6 percent 2025 actual",
        ],
    );
}

#[test]
fn economies_set_beside_each_other_are_no_partners() {
    assert_table(
        "表一 主要國家出口值，2025年12月\n\n單位：億美元\n\n| 國家 | 金額 | 年增率(%) |\n|---|---|---|\n| 南韓 | 696.0 | 13.4 |\n| 中國 | 3,577.8 | 6.6 |\n",
        "2026-02-09",
        "TW",
        &[],
    );
}

proptest::proptest! {
    #[test]
    fn any_table_is_read_without_a_panic(cells in "(\\PC|出口|進口|年增率|美國|1月|2025年|12.3|\\(8.6\\)|US\\$ million|億美元|Exports|\\|){0,80}") {
        let page = format!("單位：億美元\n\n| {cells} | 出口 |\n|---|---|\n| {cells} | 1 |\n| 2 | {cells} |\n");
        let _read = read(&page, "2026-01-09", Some("TW"));
    }
}
