//! Answers of official APIs beside the checkout: every cell that was read from them by hand, and figures of each.

#![expect(clippy::print_stdout, reason = "skipped tests are told to the person who runs them")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on ends")]

use std::fs;
use std::path::{Path, PathBuf};

use bellwether_extractors::PageContext;
use bellwether_extractors::rows::{self, RowTable};
use bellwether_model::figure::Amount;
use bellwether_model::rows::RowMapping;
use serde_json::Value;

fn sites() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/sites");
    if folder.is_dir() {
        return Some(folder);
    }
    println!("skipped: ../shared is absent");
    None
}

/// A cell as the expectations write it: numbers without the zeros at their end.
fn same(cell: &str, expected: &Value) -> bool {
    match expected {
        Value::String(text) => cell == text,
        number => cell.parse::<f64>().ok() == number.as_f64(),
    }
}

fn cell<'t>(table: &'t RowTable, row: &'t [String], column: &str) -> &'t str {
    table.column(column).map_or("", |place| table.cell(row, place))
}

#[test]
fn every_cell_is_where_it_was_seen() {
    let Some(sites) = sites() else { return };
    let expected: Value = serde_json::from_slice(&fs::read(sites.join("expected/stats.json")).unwrap()).unwrap();
    let mut wrong = Vec::new();
    let mut checked = 0;
    for (file, wanted) in expected.as_object().unwrap() {
        if !matches!(wanted["kind"].as_str(), Some("csv" | "comtrade_v1" | "comtrade_legacy")) {
            continue;
        }
        let bytes = fs::read(sites.join(file)).unwrap();
        let (table, problems) = rows::table(&bytes, &PageContext::default(), &RowMapping::default());
        if !problems.is_empty() {
            wrong.push(format!("{file}: {problems:?}"));
        }
        if wanted["rows"].as_u64() != Some(table.rows.len() as u64) {
            wrong.push(format!("{file}: {} rows", table.rows.len()));
        }
        if let Some(columns) = wanted["columns"].as_u64()
            && columns != table.columns.len() as u64
        {
            wrong.push(format!("{file}: {} columns", table.columns.len()));
        }
        for known in wanted["cells"].as_array().unwrap() {
            checked += 1;
            let column = known["column"].as_str().unwrap();
            let keys = ["year", "CTY_CODE"].map(|key| (key, known[key].as_str()));
            let row = match known["row"].as_u64() {
                Some(row) => table.rows.get(usize::try_from(row).unwrap()),
                None => {
                    table.rows.iter().find(|row| keys.iter().all(|(key, text)| Some(cell(&table, row, key)) == *text))
                }
            };
            let found = row.map(|row| cell(&table, row, column));
            if !found.is_some_and(|found| same(found, &known["value"])) {
                wrong.push(format!("{file}: {found:?} not {known}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(checked >= 40, "{checked}");
}

/// Figures of a file, as `AREA flow PARTNER product period value`.
fn figures(sites: &Path, file: &str, mapping: &str) -> (Vec<String>, Vec<String>) {
    let mapping: RowMapping = toml::from_str(mapping).unwrap();
    rows::check(&mapping).unwrap();
    let bytes = fs::read(sites.join("stats").join(file)).unwrap();
    let answer = rows::read(&bytes, &PageContext::default(), &mapping, None);
    let line = |figure: &bellwether_model::figure::Figure| {
        let Amount::Value { value } = figure.amount else { panic!("a range") };
        let partner = figure.partner.as_ref().map_or("all", |partner| partner.as_str());
        let product = figure.product.as_deref().map_or("all".to_owned(), |words| words.chars().take(9).collect());
        format!("{} {} {partner} {product} {} {value}", figure.area, figure.flow.code(), figure.period)
    };
    let problems = answer.extraction.problems.iter().map(ToString::to_string).collect();
    (answer.extraction.figures.iter().map(line).collect(), problems)
}

#[test]
fn figures_come_of_each_kind_of_answer() {
    let Some(sites) = sites() else { return };
    let comtrade = r#"
        only = { motCode = "0" }
        [[figure]]
        value = "{primaryValue}"
        area = "{reporterISO}"
        flow = "{flowCode}"
        partner = "{partnerISO}"
        product = "{cmdDesc}"
        period = "{period}"
    "#;
    let census = r#"
        [[figure]]
        columns = "^(?<flow>[IE])(?<month>[A-Z]{3}|YR)$"
        area = "US"
        flow = { text = "{flow}", values = { I = "imports", E = "exports" } }
        partner = "{CTYNAME}"
        period = "{year}-{month}"
        scale = "million"
        only = { CTY_CODE = ["5830", "5700"] }
    "#;
    let legacy = r#"
        [[figure]]
        value = "{TradeValue}"
        area = "{rt3ISO}"
        flow = "{rgDesc}"
        partner = "{ptCode}"
        product = "{cmdDescE}"
        period = "{period}"
    "#;
    let columns = r#"
        [[figure]]
        value = "{Trade Value (US$)}"
        area = "{Reporter Code}"
        flow = "{Trade Flow}"
        partner = "{Partner Code}"
        product = "{Commodity}"
        period = "{Year}"
    "#;
    let ministry = r#"
        [[figure]]
        columns = "^(?<flow>Export|Import)$"
        area = "TW"
        flow = "{flow}"
        partner = "US"
        period = "{Month/Year}"
        unit = "億美元"
    "#;
    for (file, mapping, count, some) in [
        ("comtrade/v1_get_bra_chn_soy_2024.json", comtrade, 3, &["BR exports CN Soya bean 2024 31499887711"][..]),
        ("comtrade/v1_get_chn_imports_total_2010.json", comtrade, 4, &["CN imports DE all 2010 74251272075"]),
        ("comtrade/v1_bulk_empty.json", comtrade, 0, &[]),
        ("comtrade/legacy_api_rus_exports_2020.json", legacy, 140, &["RU exports all Mineral f 2020 141918219658"]),
        ("comtrade/legacy_csv_bicycles_from_taiwan_2017.csv", columns, 590, &["DZ imports TW Bicycles  2017 8219"]),
        ("comtrade/reduced_csv_usa_chn_2017.csv", columns, 180, &["US imports CN Animals;  2017 36327640"]),
        (
            "census/us_trade_by_country_1985_2016.csv",
            census,
            1_500,
            &[
                "US imports TW all 2015 40907593600",
                "US imports CN all 2015-01 38588371690",
                "US imports TW all 2016-11 3368801789",
            ],
        ),
        (
            "taiwan/ita_tw_us_trade_monthly.csv",
            ministry,
            50,
            &["TW exports US all 2023-05 6074000000", "TW imports US all 2025-01 2913000000"],
        ),
    ] {
        let (found, problems) = figures(&sites, file, mapping);
        assert!(
            found.len() >= count && (count > 0 || found.is_empty()),
            "{file}: {} figures, {problems:?}",
            found.len()
        );
        for line in some {
            assert!(
                found.contains(&(*line).to_owned()),
                "{file}: no `{line}` among {:?}; {problems:?}",
                &found[..5.min(found.len())]
            );
        }
        assert!(
            !found.iter().any(|line| line.contains(" 2016-12 ") || line.ends_with(" 2016")),
            "{file}: not yet published"
        );
    }
}
