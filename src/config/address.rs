//! Addresses of sources, with what stands in them for the environment. Pure.

use bellwether_model::id::ContentHash;

use super::{Environment, fill};
use crate::settings::Secrets;

/// Splits an address into one that may be shown and the parameters that may not: those whose value is filled from the
/// environment. A `${NAME}` in another part is filled where it stands.
pub(super) fn filled(text: &str, environment: Environment<'_>) -> Result<(String, Secrets), String> {
    let (text, fragment) = text.split_once('#').map_or((text, None), |(text, fragment)| (text, Some(fragment)));
    let Some((place, query)) = text.split_once('?') else {
        return Ok((with_fragment(fill::fill(text, environment)?, fragment), Secrets::default()));
    };
    let mut shown = Vec::new();
    let mut secrets = Vec::new();
    for pair in query.split('&') {
        match pair.split_once('=') {
            Some((name, value)) if value.contains("${") => {
                secrets.push((name.to_owned(), fill::fill(value, environment)?));
            }
            _ => shown.push(fill::fill(pair, environment)?),
        }
    }
    let place = fill::fill(place, environment)?;
    let url = if shown.is_empty() { place } else { format!("{place}?{}", shown.join("&")) };
    Ok((with_fragment(url, fragment), Secrets(secrets)))
}

fn with_fragment(url: String, fragment: Option<&str>) -> String {
    fragment.map_or(url.clone(), |fragment| format!("{url}#{fragment}"))
}

/// A short name of a body, by which requests to one address are told apart.
pub(super) fn short_name(body: &str) -> String {
    ContentHash::of(body.as_bytes()).as_str().chars().filter(char::is_ascii_hexdigit).take(8).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_from_the_environment_are_kept_apart() {
        let environment = |name: &str| match name {
            "KEY" => Some("s3cret".to_owned()),
            "HOST" => Some("api.example".to_owned()),
            _ => None,
        };
        let split = |text: &str| filled(text, &environment).map(|(url, secrets)| (url, secrets.0));
        assert_eq!(
            split("https://${HOST}/data?get=X&key=${KEY}&time=2025"),
            Ok(("https://api.example/data?get=X&time=2025".into(), vec![("key".into(), "s3cret".into())]))
        );
        assert_eq!(split("https://a.example/?k=${KEY}").map(|(url, _)| url), Ok("https://a.example/".into()));
        assert_eq!(split("https://a.example/x#y"), Ok(("https://a.example/x#y".into(), Vec::new())));
        assert_eq!(split("https://a.example/?k=${OTHER}"), Err("the environment has no variable `OTHER`".into()));
    }
}
