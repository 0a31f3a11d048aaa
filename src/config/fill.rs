//! `${NAME}` in a value is filled from the environment, so that secrets stay out of files.

use super::Environment;

/// The value with every `${NAME}` replaced.
pub(super) fn fill(value: &str, environment: Environment<'_>) -> Result<String, String> {
    let mut filled = String::with_capacity(value.len());
    let mut rest = value;
    while let Some(start) = rest.find("${") {
        let Some(length) = rest[start..].find('}') else {
            return Err("`${` is not closed by `}`".to_owned());
        };
        let name = &rest[start + 2..start + length];
        let found = environment(name).ok_or_else(|| format!("the environment has no variable `{name}`"))?;
        filled.push_str(&rest[..start]);
        filled.push_str(&found);
        rest = &rest[start + length + 1..];
    }
    filled.push_str(rest);
    Ok(filled)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_filled_once() {
        let environment = |name: &str| (name == "KEY").then(|| "${KEY}".to_owned());
        assert_eq!(fill("a${KEY}b", &environment), Ok("a${KEY}b".to_owned()), "a filled value is not read again");
        assert_eq!(fill("plain", &environment), Ok("plain".to_owned()));
        assert_eq!(fill("${OTHER}", &environment), Err("the environment has no variable `OTHER`".to_owned()));
        assert!(fill("${KEY", &environment).is_err());
    }
}
