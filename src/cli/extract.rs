//! `extract`: documents to facts, without a store.

use std::io::{self, BufRead as _, Write as _};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use bellwether_extractors::{Extraction, PageContext, extract};
use bellwether_model::document::DocumentKind;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::args::DocumentArguments;
use super::failure::{ExitStatus, UsageError};

/// One line of a manifest, as DESIGN section 5.1 gives it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ManifestLine {
    pub(super) id: String,
    pub(super) path: PathBuf,
    #[serde(default)]
    pub(super) url: Option<String>,
    #[serde(default)]
    pub(super) published: Option<String>,
    #[serde(default)]
    pub(super) fetched: Option<Timestamp>,
    #[serde(default)]
    pub(super) content_type: Option<String>,
    #[serde(default)]
    pub(super) kind: Option<DocumentKind>,
}

impl ManifestLine {
    /// What is known of the document apart from its bytes.
    pub(super) fn context(&self) -> PageContext {
        PageContext {
            url: self.url.clone(),
            content_type: self.content_type.clone().or_else(|| content_type(&self.path)),
            kind: self.kind,
            published: self.published.clone(),
            fetched: self.fetched,
            ..PageContext::default()
        }
    }
}

/// Reads a manifest; paths in it come out relative to the working directory.
pub(super) fn manifest(path: &Path) -> anyhow::Result<Vec<ManifestLine>> {
    let file = std::fs::File::open(path).with_context(|| format!("cannot read the manifest `{}`", path.display()))?;
    let folder = path.parent().unwrap_or(Path::new(""));
    let mut lines = Vec::new();
    for (number, line) in io::BufReader::new(file).lines().enumerate() {
        let line = line.with_context(|| format!("cannot read the manifest `{}`", path.display()))?;
        if line.trim().is_empty() {
            continue;
        }
        let mut entry: ManifestLine = serde_json::from_str(&line).map_err(|cause| {
            UsageError::new(format!("{}:{}: {cause}", path.display(), number + 1)).with_hint(
                "a line is {\"id\", \"path\", \"url\"?, \"published\"?, \"fetched\"?, \"content_type\"?, \"kind\"?}",
            )
        })?;
        entry.path = folder.join(&entry.path);
        lines.push(entry);
    }
    Ok(lines)
}

/// What the name of a file says of its content.
fn content_type(path: &Path) -> Option<String> {
    let kind = match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
        "html" | "htm" => "text/html",
        "xhtml" => "application/xhtml+xml",
        "md" | "markdown" => "text/markdown",
        "txt" => "text/plain",
        "xml" => "application/xml",
        "json" => "application/json",
        "csv" => "text/csv",
        _ => return None,
    };
    Some(kind.to_owned())
}

/// `extract`: exits 1 where a file could not be read; the others are printed all the same.
pub(super) fn run(arguments: &DocumentArguments) -> anyhow::Result<ExitStatus> {
    let lines = match &arguments.manifest {
        Some(path) => manifest(path)?,
        None => arguments.files.iter().map(|path| file_line(path)).collect(),
    };
    let mut output = io::BufWriter::new(io::stdout().lock());
    let mut unread = false;
    for line in lines {
        let bytes = match std::fs::read(&line.path) {
            Ok(bytes) => bytes,
            Err(cause) => {
                writeln!(io::stderr(), "error: cannot read `{}`: {cause}", line.path.display())?;
                unread = true;
                continue;
            }
        };
        let facts = ExtractedDocument::new(line.id.clone(), extract(&bytes, &line.context()));
        let written =
            serde_json::to_writer(&mut output, &facts).map_err(io::Error::from).and_then(|()| writeln!(output));
        match written {
            Err(cause) if cause.kind() == io::ErrorKind::BrokenPipe => return Ok(ExitStatus::attention_if(unread)),
            other => other?,
        }
    }
    output.flush().or_else(|cause| if cause.kind() == io::ErrorKind::BrokenPipe { Ok(()) } else { Err(cause) })?;
    Ok(ExitStatus::attention_if(unread))
}

/// A file named on the command line is its own manifest line.
pub(super) fn file_line(path: &Path) -> ManifestLine {
    let id = path.file_stem().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
    ManifestLine {
        id,
        path: path.to_owned(),
        url: None,
        published: None,
        fetched: None,
        content_type: None,
        kind: None,
    }
}

/// One document's facts, as DESIGN section 5.3 gives them.
#[derive(Debug, Serialize)]
struct ExtractedDocument {
    id: String,
    document: DocumentFacts,
    figures: Vec<bellwether_model::figure::Figure>,
    officials: Vec<bellwether_model::statement::Official>,
    /// Others with an office; absent where nobody else speaks.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    speakers: Vec<bellwether_model::statement::Official>,
    policy: Vec<bellwether_model::policy::PolicyAction>,
    errors: Vec<String>,
}

#[derive(Debug, Serialize)]
struct DocumentFacts {
    title: String,
    /// The day.
    published: Option<String>,
    /// The instant, or day and time of day where the page has no zone; absent where it gives only a day.
    published_at: Option<String>,
    updated: Option<String>,
    author: Option<String>,
    publisher: Option<String>,
    lang: Option<&'static str>,
    kind: DocumentKind,
    url: Option<String>,
    canonical: Option<String>,
    cites: Option<String>,
    comments: Option<usize>,
    push: Option<usize>,
    boo: Option<usize>,
    neutral: Option<usize>,
    score: Option<i64>,
    relevant: bool,
    body_chars: usize,
    text: String,
}

impl ExtractedDocument {
    fn new(id: String, extraction: Extraction) -> Self {
        use bellwether_model::document::{PageTime, Reaction};
        let Extraction { document, figures, officials, speakers, policy, problems } = extraction;
        let exact = |time: PageTime| match time.instant {
            Some(instant) => Some(instant.to_string()),
            None => time.has_time.then(|| time.local.to_string()),
        };
        let count =
            |reaction| document.comments.as_ref().map(|all| all.iter().filter(|c| c.reaction == reaction).count());
        let title_end = document
            .blocks
            .first()
            .filter(|b| b.role == bellwether_model::document::BlockRole::Title)
            .map_or(0, |b| b.span.end);
        let facts = DocumentFacts {
            published: document.published.map(|time| time.date().to_string()),
            published_at: document.published.and_then(exact),
            updated: document.updated.map(|time| exact(time).unwrap_or_else(|| time.date().to_string())),
            author: (!document.authors.is_empty()).then(|| document.authors.join(", ")),
            publisher: document.publisher.clone(),
            lang: document.language.map(bellwether_model::document::Language::tag),
            kind: document.kind,
            url: document.url.clone(),
            canonical: document.canonical.clone(),
            cites: document.cites.clone(),
            comments: document.comments.as_ref().map(Vec::len),
            push: count(Reaction::Push),
            boo: count(Reaction::Boo),
            neutral: count(Reaction::Neutral),
            score: document.score(),
            relevant: !figures.is_empty(),
            body_chars: document.text.get(title_end..).unwrap_or_default().chars().filter(|c| *c != '\n').count(),
            title: document.title,
            text: document.text,
        };
        Self {
            id,
            document: facts,
            figures,
            officials,
            speakers,
            policy,
            errors: problems.iter().map(ToString::to_string).collect(),
        }
    }
}
