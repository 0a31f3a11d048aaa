//! Puts a briefing into words of one language: which sentence stands where. Pure.

mod facts;
mod rest;

use super::briefing::{Briefing, Citation};
use super::layout::{self, Block, Inline, Layout, text};
use crate::view::wording::{self, DisplayLanguage};

/// Lays a briefing out in a language.
pub(super) fn lay_out(briefing: &Briefing, language: DisplayLanguage) -> Layout {
    let writer = Writer { briefing, language };
    let mut blocks = writer.opening();
    blocks.extend(writer.summary());
    blocks.extend(writer.exports());
    blocks.extend(writer.imports());
    blocks.extend(writer.policies());
    blocks.extend(writer.statements());
    blocks.extend(writer.watch());
    blocks.extend(writer.comparison());
    blocks.extend(writer.limits());
    let cited = layout::number_footnotes(&mut blocks);
    let citations: Vec<&Citation> =
        cited.iter().filter_map(|number| briefing.citations.get(number.checked_sub(1)?)).collect();
    blocks.extend(writer.closing(&citations));
    Layout {
        language,
        title: writer.title(),
        week: briefing.week.to_string(),
        date: crate::view::utc_day(briefing.produced).to_string(),
        description: writer.description(),
        keywords: writer.keywords(),
        blocks,
        footnotes: writer.footnotes(&citations),
        footnotes_title: language.pick("引用文句", "Sentences cited"),
    }
}

/// Writes one briefing in one language.
struct Writer<'a> {
    briefing: &'a Briefing,
    language: DisplayLanguage,
}

impl Writer<'_> {
    fn pick<'t>(&self, chinese: &'t str, english: &'t str) -> &'t str {
        self.language.pick(chinese, english)
    }

    fn title(&self) -> String {
        let week = self.briefing.week;
        self.language.pick(
            format!("貿易動態週報：{} 年第 {:02} 週", week.year, week.week),
            format!("Trade briefing: week {:02} of {}", week.week, week.year),
        )
    }

    fn opening(&self) -> Vec<Block> {
        let Briefing { from, to, produced, .. } = self.briefing;
        vec![
            Block::Heading(1, self.title()),
            Block::Note(vec![
                vec![text(self.language.pick(format!("報告期間：{from} 至 {to}"), format!("Period: {from} to {to}")))],
                vec![text(self.language.pick(format!("產出時間：{produced}"), format!("Produced: {produced}")))],
                vec![text(self.pick(
                    "編製方式：自動彙整本週發布文件中的事實，數字均附來源與原文；不含解讀。",
                    "Method: facts of documents published this week, put together by program, each number with its source \
                     and words; no interpretation.",
                ))],
            ]),
        ]
    }

    /// The sentence that stands for the week in lists.
    fn description(&self) -> String {
        let leading = self.leading();
        if let Some(group) = leading.first() {
            return self.group_words(group);
        }
        self.pick("本週沒有讀到貿易數字。", "No trade figure was read this week.").to_owned()
    }

    fn keywords(&self) -> Vec<String> {
        let mut words: Vec<String> = Vec::new();
        let mut add = |word: String| {
            if !words.contains(&word) {
                words.push(word);
            }
        };
        for group in self.groups() {
            for entry in group.figures.iter().take(1) {
                add(crate::view::areas::name(entry.figure.area.as_str(), self.language));
                add(wording::flow_name(entry.figure.flow, self.language).into_owned());
            }
        }
        if !self.briefing.policies.is_empty() {
            add(self.pick("貿易政策", "trade policy").to_owned());
        }
        add(self.briefing.week.to_string());
        words
    }

    /// A sentence for a section without data.
    fn nothing(&self, chinese: &str, english: &str) -> Block {
        Block::Paragraph(vec![text(self.language.pick(chinese, english))])
    }

    fn heading(&self, level: u8, chinese: &str, english: &str) -> Block {
        Block::Heading(level, self.pick(chinese, english).to_owned())
    }

    fn footnotes(&self, citations: &[&Citation]) -> Vec<Vec<Inline>> {
        let note = |citation: &&Citation| {
            let document = &self.briefing.documents[citation.document];
            let language = document.language.map_or("", bellwether_model::document::Language::tag);
            let mut line = vec![
                Inline::Quote { words: citation.text.clone(), language },
                text(self.pick("（來源：", " (source: ")),
            ];
            line.extend(self.document(document));
            line.push(text(self.pick("）", ")")));
            line
        };
        citations.iter().map(note).collect()
    }
}
