//! Answers as agencies send them, written for the purpose, and the figures that must come of them.

use jiff::Timestamp;

use super::*;

/// The one place that calls the reader: figures, a line each, then problems and the next page.
fn figures(text: &str, mapping: &str) -> String {
    let mapping: RowMapping = toml::from_str(mapping).expect("a mapping");
    check(&mapping).expect("a mapping that can be meant");
    let context = PageContext {
        url: Some("https://stats.example/api".into()),
        fetched: Some("2026-02-20T00:00:00Z".parse::<Timestamp>().expect("a time")),
        area: Some(bellwether_model::place::Area::new("TW")),
        ..PageContext::default()
    };
    let answer = read(text.as_bytes(), &context, &mapping, None);
    let mut out = String::new();
    for figure in &answer.extraction.figures {
        let bellwether_model::figure::Amount::Value { value } = figure.amount else { panic!("a range") };
        let words: Vec<char> = answer.extraction.document.text.chars().collect();
        let proof: String = words[figure.evidence.start..figure.evidence.end].iter().collect();
        out.push_str(&format!(
            "{} {} {} {} {} {} {value} {} {:?} <{proof}>\n",
            figure.area,
            figure.flow.code(),
            figure.partner.as_ref().map_or("all", |partner| partner.as_str()),
            figure.product.as_deref().unwrap_or("all"),
            figure.period,
            figure.measure.code(),
            figure.unit.as_str(),
            figure.status,
        ));
    }
    answer.extraction.problems.iter().for_each(|problem| out.push_str(&format!("! {problem}\n")));
    if let Some(next) = answer.next {
        out.push_str(&format!("next {next}\n"));
    }
    out
}

#[test]
fn a_table_of_months_gives_each_direction() {
    let mapping = r#"
        [[figure]]
        flow = "exports"
        partner = "US"
        period = "{Month/Year}"
        value = "{Export}"
        unit = "億美元"
        [[figure]]
        flow = "imports"
        partner = "US"
        period = "{Month/Year}"
        value = "{Import}"
        unit = "億美元"
    "#;
    let text = "Month/Year,Total,Export,Import\nDec. 2024,150.5,100.25,50.25\nMay 2025,..,61.5,n/a\n";
    assert_eq!(
        figures(text, mapping),
        "TW exports US all 2024-12 level 10025000000 USD Actual <100.25>\n\
         TW exports US all 2025-05 level 6150000000 USD Actual <61.5>\n\
         TW imports US all 2024-12 level 5025000000 USD Actual <50.25>\n"
    );
}

const WIDE: &str = r#"
    only = { CODE = ["11", "12"] }
    [[figure]]
    columns = "^(?<flow>[IE])(?<month>[A-Z]{3}|YR)$"
    area = "US"
    flow = { text = "{flow}", values = { I = "imports", E = "exports" } }
    partner = "{NAME}"
    period = "{year}-{month}"
    scale = "million"
"#;

#[test]
fn a_column_a_month_is_read_and_months_to_come_are_none() {
    let text = "year,CODE,NAME,INOV,IDEC,IYR,ENOV,EDEC,EYR\r\
        2024,11,Taiwan,10.5,0,120.25,0,7,80\r2025,11,Taiwan,11,0,11,8.1,0,8.1\r2025,12,Chad,0,0,0,0,0,0\r2025,13,OPEC,1,1,1,1,1,1\r";
    assert_eq!(
        figures(text, WIDE),
        "US imports TW all 2024-11 level 10500000 USD Actual <10.5>\n\
         US imports TW all 2024-12 level 0 USD Actual <0>\n\
         US imports TW all 2024 level 120250000 USD Actual <120.25>\n\
         US exports TW all 2024-11 level 0 USD Actual <0>\n\
         US exports TW all 2024-12 level 7000000 USD Actual <7>\n\
         US exports TW all 2024 level 80000000 USD Actual <80>\n\
         US imports TW all 2025-11 level 11000000 USD Actual <11>\n\
         US exports TW all 2025-11 level 8100000 USD Actual <8.1>\n\
         US imports TD all 2025-11 level 0 USD Actual <0>\n\
         US exports TD all 2025-11 level 0 USD Actual <0>\n\
         ! 4 numbers are of a period of which a part is not yet published, as `year: 2025; CODE: 11; NAME: Taiwan; IYR: 11`\n\
         ! 4 zeros are of periods that are not yet published, as `year: 2025; CODE: 11; NAME: Taiwan; IDEC: 0`\n"
    );
}

const COMMODITIES: &str = r#"
    rows = "/data"
    [[figure]]
    value = "{primaryValue}"
    area = "{reporterISO}"
    flow = "{flowCode}"
    partner = "{partnerISO}"
    product = "{cmdDesc}"
    period = "{period}"
"#;

#[test]
fn rows_that_only_add_up_are_not_chosen_from() {
    let row = |mode: u32, value: &str| {
        format!(
            r#"{{"period":"2024","reporterISO":"BRA","flowCode":"X","partnerISO":"CHN","cmdDesc":"Soya beans","motCode":{mode},"primaryValue":{value}}}"#
        )
    };
    let text = format!("\n{{\"data\":[{},{},{}]}}", row(0, "300.0"), row(1000, "100.0"), row(2100, "200.0"));
    let told = figures(&text, COMMODITIES);
    assert!(told.starts_with("! 1 figures are given several times with different numbers"), "{told}");
    let chosen = format!("only = {{ motCode = \"0\" }}\n{COMMODITIES}");
    assert_eq!(figures(&text, &chosen), "BR exports CN Soya beans 2024 level 300 USD Actual <300.0>\n");
    assert_eq!(figures("{\"count\":0,\"data\":[]}", COMMODITIES), "", "no data is no fault");
}

#[test]
fn what_is_not_known_is_passed_over_and_told() {
    let text = r#"{"data":[{"period":"2024","reporterISO":"W19","flowCode":"X","partnerISO":"W00","cmdDesc":"TOTAL","primaryValue":5},
        {"period":"2024","reporterISO":"JPN","flowCode":"RX","partnerISO":"W00","cmdDesc":"TOTAL","primaryValue":5},
        {"period":"2026","reporterISO":"JPN","flowCode":"M","partnerISO":"W00","cmdDesc":"TOTAL","primaryValue":5},
        {"period":"2024","reporterISO":"JPN","flowCode":"M","partnerISO":"W00","cmdDesc":"TOTAL","primaryValue":6}]}"#;
    assert_eq!(
        figures(text, COMMODITIES),
        "JP imports all all 2024 level 6 USD Actual <6>\n\
         ! 1 numbers are of a period that is not over, and so of a part of it, as `2026`\n\
         ! 1 rows name an economy that is not known, as `W19`\n"
    );
    let told = figures(r#"{"data":[{"a":1}]}"#, COMMODITIES);
    assert!(told.starts_with("! there is no column `primaryValue`; columns: `a`"), "{told}");
}

#[test]
fn lists_of_texts_with_a_first_row_of_names_are_read() {
    let mapping = r#"
        [next]
        page = "page"
        [[figure]]
        value = "{ALL_VAL_MO}"
        area = "US"
        flow = "exports"
        partner = "{CTY_NAME}"
        period = "{time}"
    "#;
    let text =
        r#"[["ALL_VAL_MO","CTY_NAME","time"],["54","TAIWAN","2025-12"],["600","TOTAL FOR ALL COUNTRIES","2025-12"]]"#;
    assert_eq!(
        figures(text, mapping),
        "US exports TW all 2025-12 level 54 USD Actual <54>\nUS exports all all 2025-12 level 600 USD Actual <600>\n\
         next https://stats.example/api?page=2\n"
    );
}

#[test]
fn marks_and_years_of_the_republic_are_understood() {
    let mapping = r#"
        since = "2025"
        [[figure]]
        value = "{出口值}"
        flow = "出口"
        period = "{年月}"
        unit = "百萬美元"
        [[figure]]
        value = "{年增率}"
        flow = "出口"
        measure = "yoy"
        period = "{年月}"
        basis = "USD"
    "#;
    let text = "年月;出口值;年增率\n11312;1;1\n11411;\"64,075.2r\";56.0\n11412;62,480 (p);-\n";
    assert_eq!(
        figures(text, mapping),
        "TW exports all all 2025-11 level 64075200000 USD Revised <64,075.2r>\n\
         TW exports all all 2025-12 level 62480000000 USD Preliminary <62,480 (p)>\n\
         TW exports all all 2025-11 yoy 56 percent Actual <56.0>\n"
    );
}

#[test]
fn sdmx_says_scale_and_status_itself() {
    let mapping = r#"
        [[figure]]
        value = "{OBS_VALUE}"
        area = "{REF_AREA}"
        flow = "{FLOW}"
        partner = "{COUNTERPART_AREA}"
        period = "{TIME_PERIOD}"
        scale = "10^{UNIT_MULT}"
        unit = "{UNIT_MEASURE}"
        status = "{OBS_STATUS}"
    "#;
    let text = "DATAFLOW,REF_AREA,FLOW,COUNTERPART_AREA,TIME_PERIOD,OBS_VALUE,UNIT_MULT,UNIT_MEASURE,OBS_STATUS\n\
        X:DF(1.0),DEU,X,W,2025-Q4,400.5,9,EUR,P\nX:DF(1.0),DEU,X,W,2025-Q3,399,9,EUR,A\nX:DF(1.0),DEU,X,W,2025-Q2,,9,EUR,M\n";
    assert_eq!(
        figures(text, mapping),
        "DE exports all all 2025-Q4 level 400500000000 EUR Preliminary <400.5>\n\
         DE exports all all 2025-Q3 level 399000000000 EUR Actual <399>\n"
    );
}

#[test]
fn a_firmer_row_of_one_period_counts() {
    let mapping = "[[figure]]\nvalue = \"{v}\"\nflow = \"exports\"\nperiod = \"{p}\"\nstatus = \"{s}\"\n";
    assert_eq!(
        figures("p,v,s\n2025-11,5,preliminary\n2025-11,6,revised\n", mapping),
        "TW exports all all 2025-11 level 6 USD Revised <6>\n"
    );
}

#[test]
fn a_mapping_that_cannot_be_meant_is_refused() {
    let refused = |text: &str| check(&toml::from_str::<RowMapping>(text).expect("TOML")).expect_err(text);
    for (text, said) in [
        ("", "no figure"),
        ("rows = \"data\"\n[[figure]]", "no JSON Pointer"),
        ("[[figure]]\nvalue = \"{v}\"", "`flow` is missing"),
        ("[[figure]]\nvalue = \"{v}\"\nflow = \"sales of\"\nperiod = \"{p}\"", "flow: `sales of` is not known"),
        ("[[figure]]\nvalue = \"{v\"\nflow = \"exports\"\nperiod = \"2025\"", "is not closed"),
        ("[[figure]]\ncolumns = \"(\"\nflow = \"exports\"\nperiod = \"2025\"", "columns:"),
        ("[next]\npage = \"p\"\nheader = true\n[[figure]]", "give one of"),
        ("body = \"{}\"\n[next]\npage = \"p\"\n[[figure]]", "it has no `{p}`"),
        ("since = \"soon\"\n[[figure]]", "is no period"),
    ] {
        let found = refused(text);
        assert!(found.contains(said), "{text}: {found}");
    }
}
