//! The sections of facts: summary, exports, imports, policy, statements.

use bellwether_model::event::EventState;
use bellwether_model::figure::{Confidence, Measure};
use bellwether_model::source::Trust;

use super::Writer;
use crate::report::briefing::{FigureEntry, FigureGroup};
use crate::report::compare::ForecastCheck;
use crate::report::layout::{Block, Inline, text};
use crate::view::forecasts::Outcome;
use crate::view::{amounts, areas, wording};

/// Headline facts in the summary.
const LEADING: usize = 6;
/// Rows of one table; the JSON form holds all.
const ROWS: usize = 30;

impl Writer<'_> {
    /// All groups of figures, in the order of their sections.
    pub(super) fn groups(&self) -> impl Iterator<Item = &FigureGroup> {
        self.briefing.exports.iter().chain(&self.briefing.imports).chain(&self.briefing.trade)
    }

    /// The headline groups that most documents carry: those with news first, what has happened before what is expected.
    pub(super) fn leading(&self) -> Vec<&FigureGroup> {
        let sure = |group: &&FigureGroup| group.figures.iter().any(|entry| entry.figure.confidence == Confidence::High);
        let mut leading: Vec<&FigureGroup> = self.groups().filter(|group| group.headline).filter(sure).collect();
        let known = |group: &FigureGroup| group.figures.iter().all(|entry| entry.known_before);
        let end = |group: &FigureGroup| group.figures.first().map(|entry| entry.figure.period.end());
        let expected = |group: &FigureGroup| group.figures.iter().all(|entry| entry.figure.status.is_forecast());
        leading.sort_by_key(|group| (known(group), expected(group), std::cmp::Reverse((group.documents, end(group)))));
        leading.truncate(LEADING);
        leading
    }

    /// One group as one sentence without its sources.
    pub(super) fn group_words(&self, group: &FigureGroup) -> String {
        self.group_line(group)
            .into_iter()
            .filter_map(|inline| match inline {
                Inline::Text(words) | Inline::Strong(words) => Some(words),
                _ => None,
            })
            .collect()
    }

    /// One group as one sentence: subject, period, numbers with their marks and sources.
    fn group_line(&self, group: &FigureGroup) -> Vec<Inline> {
        let Some(first) = group.figures.first() else {
            return Vec::new();
        };
        let subject = wording::subject(&first.figure, self.language);
        let period = wording::period(&first.figure.period, self.language);
        let mut line =
            vec![Inline::Strong(subject), text(self.language.pick(format!("（{period}）"), format!(" ({period})")))];
        if let Some(status) = wording::status(&first.figure, self.language) {
            line.push(text(self.language.pick(format!("【{status}】"), format!(" [{status}]"))));
        }
        line.push(text(self.pick("：", ": ")));
        for (index, entry) in group.figures.iter().enumerate() {
            if index > 0 {
                line.push(text(self.pick("；", "; ")));
            }
            line.extend(self.entry(entry));
        }
        line.push(text(self.pick("。", ".")));
        line
    }

    /// One number with its marks and source.
    fn entry(&self, entry: &FigureEntry) -> Vec<Inline> {
        let mut line = vec![text(amounts::number(&entry.figure, self.language))];
        if entry.cite > 0 {
            line.push(Inline::Cite(entry.cite));
        }
        line.extend(self.marks(entry));
        line
    }

    /// What a reader must know beside a number, in words.
    fn marks(&self, entry: &FigureEntry) -> Vec<Inline> {
        let amount = |amount| amounts::amount(&entry.figure, amount, self.language);
        let mut marks: Vec<Vec<Inline>> = Vec::new();
        if let Some(before) = entry.earlier.last() {
            let was = amount(&before.amount);
            marks.push(vec![text(
                self.language.pick(amounts::chinese_join("已修正，原為", &was), format!("revised, was {was}")),
            )]);
        }
        if !entry.elsewhere.is_empty() {
            let first = match entry.state {
                EventState::Disputed => self.pick("各報導不一，另有報導稱", "disputed, elsewhere "),
                _ => self.pick("另有報導稱", "elsewhere "),
            };
            let mut mark = Vec::new();
            for (index, said) in entry.elsewhere.iter().enumerate() {
                let before = if index == 0 { first } else { self.pick("、", ", ") };
                let said_amount = amount(&said.amount);
                mark.push(text(
                    self.language.pick(amounts::chinese_join(before, &said_amount), format!("{before}{said_amount}")),
                ));
                mark.push(Inline::Cite(said.cite));
            }
            marks.push(mark);
        } else if entry.state == EventState::Disputed {
            marks.push(vec![text(self.pick("各報導不一", "disputed"))]);
        }
        if let Some(basis) = &entry.figure.basis {
            let basis = basis.as_str();
            marks.push(vec![text(self.language.pick(format!("以 {basis} 計算"), format!("computed in {basis}")))]);
        }
        if entry.figure.confidence == Confidence::Low {
            marks.push(vec![text(self.pick("信心低", "low confidence"))]);
        }
        if entry.trust == Trust::Forum {
            marks.push(vec![text(self.pick("僅見於論壇", "forum only"))]);
        }
        if marks.is_empty() {
            return Vec::new();
        }
        let mut line = vec![text(self.pick("（", " ("))];
        for (index, mark) in marks.into_iter().enumerate() {
            if index > 0 {
                line.push(text(self.pick("；", "; ")));
            }
            line.extend(mark);
        }
        line.push(text(self.pick("）", ")")));
        line
    }

    pub(super) fn summary(&self) -> Vec<Block> {
        let now = &self.briefing.comparison.now;
        let mut blocks = vec![self.heading(2, "摘要", "Summary")];
        if now.documents == 0 {
            blocks.push(self.nothing(
                "本週沒有讀到任何載有貿易事實的文件，以下各節因此沒有資料。",
                "No document with trade facts was read for this week, so the sections below have no data.",
            ));
            return blocks;
        }
        blocks.push(Block::Paragraph(vec![text(self.language.pick(
            format!(
                "本週共有 {} 份文件載有貿易事實：數字 {} 項、政策措施 {} 項、官員發言 {} 則；數字中有修正 {} 項、各報導不一 {} 項；觀察清單觸發 {} 次。",
                now.documents, now.figures, now.policies, now.statements, now.revised, now.disputed, now.flags
            ),
            format!(
                "Documents of this week that carry trade facts: {}. Figures: {} (revised: {}, disputed: {}). Policy actions: \
                 {}. Statements of officials: {}. Flags of the watch list: {}.",
                now.documents, now.figures, now.revised, now.disputed, now.policies, now.statements, now.flags
            ),
        ))]));
        let leading = self.leading();
        if !leading.is_empty() {
            blocks.push(Block::Bullets(leading.into_iter().map(|group| self.group_line(group)).collect()));
        }
        blocks
    }

    pub(super) fn exports(&self) -> Vec<Block> {
        let mut blocks = vec![self.heading(2, "一、出口重點", "1. Exports")];
        blocks.extend(self.figures(
            &self.briefing.exports,
            "本週沒有讀到出口數字。",
            "No export figure was read this week.",
        ));
        blocks.extend(self.forecasts(&self.briefing.exports));
        blocks
    }

    pub(super) fn imports(&self) -> Vec<Block> {
        let mut blocks = vec![self.heading(2, "二、進口重點", "2. Imports")];
        blocks.extend(self.figures(
            &self.briefing.imports,
            "本週沒有讀到進口數字。",
            "No import figure was read this week.",
        ));
        blocks.push(self.heading(3, "貿易差額與貿易總額", "Balance and total trade"));
        blocks.extend(self.figures(
            &self.briefing.trade,
            "本週沒有讀到貿易差額或貿易總額。",
            "No balance of trade and no total was read this week.",
        ));
        blocks.extend(self.forecasts(&self.briefing.imports));
        blocks.extend(self.forecasts(&self.briefing.trade));
        blocks
    }

    /// Values of these groups against what was expected of them.
    fn forecasts(&self, groups: &[FigureGroup]) -> Vec<Block> {
        let events: Vec<_> = groups.iter().flat_map(|group| &group.figures).map(|entry| &entry.event).collect();
        let checks = self.briefing.forecasts.iter().filter(|check| events.contains(&&check.event));
        let lines: Vec<Vec<Inline>> = checks.map(|check| self.forecast(check)).collect();
        if lines.is_empty() {
            return Vec::new();
        }
        vec![self.heading(3, "實際值與先前預測", "Values against earlier forecasts"), Block::Bullets(lines)]
    }

    /// Headline figures as a list, then parts as a table.
    fn figures(&self, groups: &[FigureGroup], chinese: &str, english: &str) -> Vec<Block> {
        if groups.is_empty() {
            return vec![self.nothing(chinese, english)];
        }
        let (headline, mut parts): (Vec<&FigureGroup>, Vec<&FigureGroup>) =
            groups.iter().partition(|group| group.headline);
        let mut blocks = Vec::new();
        if !headline.is_empty() {
            blocks.push(Block::Bullets(headline.into_iter().map(|group| self.group_line(group)).collect()));
        }
        if parts.is_empty() {
            return blocks;
        }
        let left_out = parts.len().saturating_sub(ROWS);
        if left_out > 0 {
            parts.sort_by_key(|group| std::cmp::Reverse(size(group)));
            parts.truncate(ROWS);
        }
        blocks.push(Block::Table {
            head: [
                self.pick("項目", "Item"),
                self.pick("期間", "Period"),
                self.pick("金額", "Value"),
                self.pick("年增率", "On the year"),
                self.pick("其他", "Other"),
            ]
            .map(ToOwned::to_owned)
            .to_vec(),
            rows: parts.into_iter().map(|group| self.row(group)).collect(),
        });
        if left_out > 0 {
            blocks.push(Block::Note(vec![vec![text(self.language.pick(
                format!("註：表中為金額最大的 {ROWS} 項；另有 {left_out} 項，見 JSON 格式。"),
                format!("Note: the {ROWS} largest by value; the JSON form holds {left_out} more."),
            ))]]));
        }
        blocks
    }

    fn row(&self, group: &FigureGroup) -> Vec<Vec<Inline>> {
        let Some(first) = group.figures.first() else {
            return Vec::new();
        };
        let mut item = vec![text(wording::subject(&first.figure, self.language))];
        if let Some(status) = wording::status(&first.figure, self.language) {
            item.push(text(self.language.pick(format!("【{status}】"), format!(" [{status}]"))));
        }
        let cell = |wanted: &dyn Fn(Measure) -> bool| {
            let mut line = Vec::new();
            for entry in group.figures.iter().filter(|entry| wanted(entry.figure.measure)) {
                if !line.is_empty() {
                    line.push(text(self.pick("；", "; ")));
                }
                line.extend(self.entry(entry));
            }
            if line.is_empty() { vec![text("—")] } else { line }
        };
        vec![
            item,
            vec![text(wording::period(&first.figure.period, self.language))],
            cell(&|measure| measure == Measure::Level),
            cell(&|measure| measure == Measure::Yoy),
            cell(&|measure| !matches!(measure, Measure::Level | Measure::Yoy)),
        ]
    }

    fn forecast(&self, check: &ForecastCheck) -> Vec<Inline> {
        let who = match &check.forecast.forecaster {
            Some(who) => self.language.pick(format!("{who}預測"), format!("forecast by {who}: ")),
            None => self.pick("預測", "forecast: ").to_owned(),
        };
        let outcome = match check.met.outcome {
            Outcome::Below => self.pick("，低於預測。", ", below the forecast."),
            Outcome::Inside => self.pick("，在預測範圍內。", ", within the forecast."),
            Outcome::Above => self.pick("，高於預測。", ", above the forecast."),
        };
        let expected = amounts::number(&check.forecast, self.language);
        let subject = wording::subject(&check.actual, self.language);
        let period = wording::period(&check.actual.period, self.language);
        let mut line = vec![
            text(self.language.pick(format!("{subject}（{period}）："), format!("{subject} ({period}): "))),
            text(amounts::number(&check.actual, self.language)),
            Inline::Cite(check.actual_cite),
            text(self.pick("；", "; ")),
            text(self.language.pick(amounts::chinese_join(&who, &expected), format!("{who}{expected}"))),
        ];
        line.push(Inline::Cite(check.forecast_cite));
        line.push(text(outcome));
        line
    }

    pub(super) fn policies(&self) -> Vec<Block> {
        let mut blocks = vec![self.heading(2, "三、政策更新", "3. Policy")];
        if self.briefing.policies.is_empty() {
            blocks.push(self.nothing("本週沒有讀到貿易政策措施。", "No policy action was read this week."));
            return blocks;
        }
        let day = |date: Option<jiff::civil::Date>| date.map_or_else(|| "—".to_owned(), |date| date.to_string());
        let rows = self.briefing.policies.iter().map(|entry| {
            let action = &entry.action;
            let language = self.language_of(entry.cite);
            let mut subject = vec![Inline::Words { words: action.subject.clone(), language }];
            if entry.cite > 0 {
                subject.push(Inline::Cite(entry.cite));
            }
            if let Some(partner) = &action.partner {
                let partner = areas::name_in_sentence(partner.as_str(), self.language);
                subject
                    .push(text(self.language.pick(format!("（對象：{partner}）"), format!(" (aimed at {partner})"))));
            }
            let issuer = [action.issuer.as_deref(), action.number.as_deref()];
            let issuer: Vec<&str> = issuer.into_iter().flatten().collect();
            let expires = action.expires.map_or_else(|| self.pick("未定", "open").to_owned(), |date| date.to_string());
            vec![
                subject,
                vec![text(if issuer.is_empty() { "—".to_owned() } else { issuer.join(self.pick("，", ", ")) })],
                vec![text(day(action.announced))],
                vec![text(day(action.effective))],
                vec![text(expires)],
            ]
        });
        let head = [
            self.pick("措施", "Action"),
            self.pick("發布機關與文號", "Issuer and number"),
            self.pick("發布日期", "Announced"),
            self.pick("生效日期", "In force from"),
            self.pick("期滿日期", "Until"),
        ];
        blocks.push(Block::Table { head: head.map(ToOwned::to_owned).to_vec(), rows: rows.collect() });
        blocks
    }

    pub(super) fn statements(&self) -> Vec<Block> {
        let mut blocks = vec![self.heading(2, "四、官員發言", "4. Officials")];
        if self.briefing.statements.is_empty() {
            blocks.push(
                self.nothing("本週沒有讀到具名官員的發言。", "No statement of a named official was read this week."),
            );
            return blocks;
        }
        let lines = self.briefing.statements.iter().map(|entry| {
            let said = &entry.said;
            let office: String = match self.language {
                wording::DisplayLanguage::ZhTw => [&said.org, &said.title].into_iter().flatten().cloned().collect(),
                wording::DisplayLanguage::En => {
                    let parts: Vec<&str> = [said.title.as_deref(), said.org.as_deref()].into_iter().flatten().collect();
                    parts.join(", ")
                }
            };
            let mut line = vec![Inline::Strong(said.name.clone())];
            if !office.is_empty() {
                line.push(text(self.language.pick(format!("（{office}）"), format!(" ({office})"))));
            }
            line.push(text(self.pick("：", ": ")));
            let words = said.text.trim().to_owned();
            if said.direct {
                line.push(Inline::Quote { words, language: self.language_of(entry.cite) });
            } else {
                line.push(Inline::Words { words, language: self.language_of(entry.cite) });
                line.push(text(self.pick("（轉述）", " (reported)")));
            }
            if entry.cite > 0 {
                line.push(Inline::Cite(entry.cite));
            }
            line
        });
        blocks.push(Block::Bullets(lines.collect()));
        blocks
    }

    /// The language of the words behind a citation.
    fn language_of(&self, cite: usize) -> &'static str {
        let citation = cite.checked_sub(1).and_then(|index| self.briefing.citations.get(index));
        let document = citation.and_then(|citation| self.briefing.documents.get(citation.document));
        document.and_then(|document| document.language).map_or("", bellwether_model::document::Language::tag)
    }
}

/// The size of a group's level, for the largest rows of a table.
fn size(group: &FigureGroup) -> Option<bellwether_model::number::Number> {
    let level = group.figures.iter().find(|entry| entry.figure.measure == Measure::Level)?;
    Some(bellwether_model::number::Number(amounts::bounds(&level.figure.amount).1.0.abs()))
}
