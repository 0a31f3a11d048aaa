//! What the documents promise: commands that exist, paths that exist, licences that are allowed.
#![allow(clippy::unwrap_used, reason = "a test stops where something is missing")]

use std::path::Path;
use std::process::{Command, Stdio};

const DOCUMENTS: &[&str] = &[
    "README.md",
    "docs/ARCHITECTURE.md",
    "docs/OPERATIONS.md",
    "docs/SOURCES.md",
    "docs/APIS.md",
    "docs/PERFORMANCE.md",
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn document(name: &str) -> String {
    std::fs::read_to_string(root().join(name)).unwrap()
}

#[test]
fn the_readme_names_the_two_commands() {
    let readme = document("README.md");
    assert!(readme.lines().any(|line| line == "cargo run --release -- run"));
    assert!(readme.lines().any(|line| line == "cargo test --workspace"));
}

#[test]
fn commands_in_documents_are_understood() {
    let mut found = 0;
    for name in DOCUMENTS {
        for line in document(name).lines().filter_map(|line| line.strip_prefix("cargo run --release -- ")) {
            found += 1;
            let arguments: Vec<&str> = line.split_whitespace().collect();
            // `--help` behind the arguments checks that the command and its options exist without running it.
            let output = Command::new(env!("CARGO_BIN_EXE_bellwether"))
                .args(&arguments)
                .arg("--help")
                .stdin(Stdio::null())
                .output()
                .unwrap();
            assert_eq!(output.status.code(), Some(0), "{name}: {line}");
        }
    }
    assert!(found >= 5);
}

#[test]
fn paths_in_documents_exist() {
    for name in DOCUMENTS {
        let text = document(name);
        let folder = root().join(name).parent().unwrap().to_owned();
        for (_, rest) in text.match_indices("](").map(|(at, mark)| (at, &text[at + mark.len()..])) {
            let link = rest.split(')').next().unwrap();
            assert!(link.starts_with("http") || folder.join(link).exists(), "{name}: {link}");
        }
        for path in text.split('`').skip(1).step_by(2).filter(|code| {
            ["src/", "tests/", "model/", "extractors/", "store/"].iter().any(|start| code.starts_with(start))
                && !code.contains(' ')
        }) {
            assert!(root().join(path).exists(), "{name}: {path}");
        }
    }
}

#[test]
fn every_snapshot_belongs_to_a_test() {
    for folder in ["tests/snapshots", "extractors/tests/snapshots"] {
        let Ok(entries) = std::fs::read_dir(root().join(folder)) else { continue };
        for entry in entries {
            let name = entry.unwrap().file_name().into_string().unwrap();
            let (file, test) =
                name.strip_suffix(".snap").and_then(|name| name.split_once("__")).expect("FILE__TEST.snap");
            let code = document(&format!("{}/{file}.rs", folder.trim_end_matches("/snapshots")));
            let test = test.trim_end_matches(|c: char| c.is_ascii_digit() || c == '-');
            assert!(code.contains(&format!("fn {test}()")), "{folder}/{name} belongs to no test");
        }
    }
}

/// Licences under which a dependency may be used: permissive ones, and MPL-2.0, whose duty ends at its own files.
const LICENCES: &[&str] = &[
    "MIT",
    "MIT-0",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-1-Clause",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "ISC",
    "Zlib",
    "Unlicense",
    "CC0-1.0",
    "0BSD",
    "BSL-1.0",
    "Unicode-3.0",
    "Unicode-DFS-2016",
    "MPL-2.0",
    "CDLA-Permissive-2.0",
    "OpenSSL",
    "bzip2-1.0.6",
];

#[test]
fn licences_of_all_dependencies_are_allowed() {
    // Packages of other platforms are not downloaded, so their manifests cannot be asked.
    let version = Command::new(env!("CARGO")).arg("-vV").output().unwrap();
    let version = String::from_utf8(version.stdout).unwrap();
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).unwrap();
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--locked", "--offline", "--filter-platform", host])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    for package in metadata["packages"].as_array().unwrap() {
        let licence = package["license"].as_str().unwrap_or_else(|| panic!("{} names no licence", package["name"]));
        assert!(allowed(licence), "{} is under {licence}", package["name"]);
    }
}

/// Whether an SPDX expression leaves a choice that is allowed whole. Brackets, where there are any, hold the
/// alternatives of one part, as in `(MIT OR Apache-2.0) AND Unicode-3.0`.
fn allowed(expression: &str) -> bool {
    let known = |licence: &str| LICENCES.contains(&licence.trim_matches(|c| "() ".contains(c)));
    let expression = expression.replace('/', " OR ");
    if expression.contains('(') {
        return expression.split(" AND ").all(|part| part.split(" OR ").any(known));
    }
    expression.split(" OR ").any(|choice| choice.split(" AND ").all(known))
}
