//! SDMX-JSON 1.0 and 2.0: observations to rows.
//!
//! Source: the SDMX-JSON data message (sdmx-twg/sdmx-json). Observations lie in series or flat; their keys are places
//! in the lists of values of the structure.

use serde_json::Value;

use super::table::{RowTable, plain};

/// Whether an answer is such a message.
pub(super) fn is_one(json: &Value) -> bool {
    data_sets(json).is_some() && structure(json).is_some()
}

fn data_sets(json: &Value) -> Option<&Vec<Value>> {
    json.pointer("/data/dataSets").or_else(|| json.get("dataSets"))?.as_array()
}

fn structure(json: &Value) -> Option<&Value> {
    ["/data/structures/0", "/data/structure", "/structure", "/structures/0"].iter().find_map(|at| json.pointer(at))
}

/// A dimension or attribute: its id, and code and name of each value.
struct Part {
    id: String,
    values: Vec<(String, String)>,
}

fn parts(structure: &Value, kind: &str, level: &str) -> Vec<Part> {
    let listed = structure.pointer(&format!("/{kind}/{level}")).and_then(Value::as_array);
    let text = |value: &Value, key: &str| value.get(key).map(name).unwrap_or_default();
    let value = |value: &Value| {
        let code = ["id", "value"].iter().map(|key| text(value, key)).find(|code| !code.is_empty());
        (code.unwrap_or_default(), text(value, "name"))
    };
    let part = |part: &Value| Part {
        id: text(part, "id"),
        values: part
            .get("values")
            .and_then(Value::as_array)
            .map(|values| values.iter().map(value).collect())
            .unwrap_or_default(),
    };
    listed.map(|listed| listed.iter().map(part).collect()).unwrap_or_default()
}

/// A name; of one in several languages the English one, else the first.
fn name(value: &Value) -> String {
    match value {
        Value::Object(names) => names.get("en").or_else(|| names.values().next()).map(plain).unwrap_or_default(),
        value => plain(value),
    }
}

/// The observations as rows.
pub(super) fn read(json: &Value) -> (RowTable, Vec<String>) {
    let mut table = RowTable::default();
    let (Some(sets), Some(structure)) = (data_sets(json), structure(json)) else {
        return (table, vec!["the answer is no SDMX-JSON message: it has no data sets, or no structure".to_owned()]);
    };
    let dimensions = |level| parts(structure, "dimensions", level);
    let attributes = |level| parts(structure, "attributes", level);
    let (set_parts, series_parts, own_parts) = (dimensions("dataSet"), dimensions("series"), dimensions("observation"));
    let (series_attributes, own_attributes) = (attributes("series"), attributes("observation"));
    let mut unread = 0_usize;
    for set in sets {
        // What holds for the whole set has one value each.
        let set_key = vec![0_usize; set_parts.len()];
        let flat = set.get("observations").and_then(Value::as_object);
        let series = set.get("series").and_then(Value::as_object);
        let flat = flat.map(|found| (String::new(), None, found)).into_iter();
        let series = series.into_iter().flatten().filter_map(|(key, series)| {
            Some((key.clone(), series.get("attributes"), series.get("observations")?.as_object()?))
        });
        for (key, attributes, observations) in flat.chain(series) {
            for (own_key, observation) in observations {
                let mut row = Vec::new();
                fill(&mut table, &mut row, &set_parts, set_key.iter().copied());
                fill(&mut table, &mut row, &series_parts, places(&key));
                fill(&mut table, &mut row, &own_parts, places(own_key));
                let places = |value: Option<&Value>| -> Vec<usize> {
                    let place = |value: &Value| {
                        value.as_u64().and_then(|place| usize::try_from(place).ok()).unwrap_or(usize::MAX)
                    };
                    value.and_then(Value::as_array).map(|places| places.iter().map(place).collect()).unwrap_or_default()
                };
                fill(&mut table, &mut row, &series_attributes, places(attributes).into_iter());
                let Some(cells) = observation.as_array() else {
                    unread += 1;
                    continue;
                };
                let own: Vec<usize> = places(Some(observation)).into_iter().skip(1).collect();
                fill(&mut table, &mut row, &own_attributes, own.into_iter());
                if let Some(place) = table.add_column("OBS_VALUE") {
                    RowTable::put(&mut row, place, cells.first().map(plain).unwrap_or_default());
                }
                table.rows.push(row);
            }
        }
    }
    let problem = (unread > 0).then(|| format!("{unread} observations are no lists"));
    (table, problem.into_iter().collect())
}

fn places(key: &str) -> impl Iterator<Item = usize> {
    key.split(':').filter(|part| !part.is_empty()).map(|part| part.parse().unwrap_or(usize::MAX))
}

fn fill(table: &mut RowTable, row: &mut Vec<String>, parts: &[Part], places: impl Iterator<Item = usize>) {
    for (part, place) in parts.iter().zip(places) {
        let Some((code, name)) = part.values.get(place) else { continue };
        let code_column = table.add_column(&part.id);
        let name_column = table.add_column(&format!("{}.name", part.id));
        for (column, cell) in [(code_column, code), (name_column, name)] {
            if let Some(column) = column {
                RowTable::put(row, column, cell.clone());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn observations_in_series_and_flat_ones_are_rows() {
        let part = |id: &str, values: &[&str]| {
            let values: Vec<String> =
                values.iter().map(|v| format!(r#"{{"id":"{v}","name":{{"en":"{v}!"}}}}"#)).collect();
            format!(r#"{{"id":"{id}","values":[{}]}}"#, values.join(","))
        };
        let series = format!(
            r#"{{"data":{{"structures":[{{"dimensions":{{"series":[{},{}],"observation":[{}]}},"attributes":{{"observation":[{}]}}}}],
               "dataSets":[{{"series":{{"0:1":{{"observations":{{"0":[1.5,0],"1":[null,null]}}}}}}}}]}}}}"#,
            part("AREA", &["TW"]),
            part("FLOW", &["X", "M"]),
            part("TIME_PERIOD", &["2025-11", "2025-12"]),
            part("OBS_STATUS", &["P"])
        );
        let json: Value = serde_json::from_str(&series).expect("JSON");
        assert!(is_one(&json));
        let (table, problems) = read(&json);
        assert!(problems.is_empty());
        let cell = |row: usize, name: &str| table.cell(&table.rows[row], table.column(name).expect(name)).to_owned();
        assert_eq!(
            (cell(0, "FLOW"), cell(0, "FLOW.name"), cell(0, "OBS_VALUE")),
            ("M".into(), "M!".into(), "1.5".into())
        );
        assert_eq!(
            (cell(0, "OBS_STATUS"), cell(1, "OBS_STATUS"), cell(1, "OBS_VALUE")),
            ("P".into(), String::new(), String::new())
        );
        let flat = format!(
            r#"{{"structure":{{"dimensions":{{"observation":[{},{}]}}}},"dataSets":[{{"observations":{{"0:1":[7]}}}}]}}"#,
            part("AREA", &["TW"]),
            part("TIME_PERIOD", &["2024", "2025"])
        );
        let (table, _) = read(&serde_json::from_str(&flat).expect("JSON"));
        assert_eq!(
            (table.columns.join(","), table.rows[0].join(",")),
            ("AREA,AREA.name,TIME_PERIOD,TIME_PERIOD.name,OBS_VALUE".into(), "TW,TW!,2025,2025!,7".into())
        );
    }
}
