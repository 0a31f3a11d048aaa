//! The sections behind the facts: watch list, comparison with the week before, limits, sources.

use bellwether_model::document::Language;
use bellwether_model::event::Fact;

use super::Writer;
use crate::report::briefing::{Citation, CitedDocument, FlagEntry};
use crate::report::compare::Headline;
use crate::report::layout::{Block, Inline, text};
use crate::report::limits::Limit;
use crate::view::{amounts, wording};

impl Writer<'_> {
    pub(super) fn watch(&self) -> Vec<Block> {
        let mut blocks = vec![self.heading(2, "五、觀察清單", "5. Watch list")];
        if self.briefing.watch.is_empty() {
            blocks.push(self.nothing("觀察清單沒有項目。", "The watch list has no item."));
            return blocks;
        }
        let mut items = Vec::new();
        for entry in &self.briefing.watch {
            let mut line = vec![Inline::Strong(entry.title.clone())];
            if let Some(risk) = &entry.risk {
                line.push(text(self.language.pick(format!("（風險：{risk}）"), format!(" (risk: {risk})"))));
            }
            line.push(text(self.pick("：", ": ")));
            if entry.flags.is_empty() {
                line.push(text(self.pick("本週沒有事件符合條件。", "no event of this week met it.")));
            }
            for (index, flag) in entry.flags.iter().enumerate() {
                if index > 0 {
                    line.push(text(self.pick("；", "; ")));
                }
                line.extend(self.flag(flag));
            }
            items.push(line);
        }
        blocks.push(Block::Numbered(items));
        blocks
    }

    fn flag(&self, flag: &FlagEntry) -> Vec<Inline> {
        let words = match &flag.fact {
            Fact::Figure(figure) => {
                let subject = wording::subject(figure, self.language);
                let period = wording::period(&figure.period, self.language);
                let number = amounts::number(figure, self.language);
                let status = wording::status(figure, self.language);
                let status = status.map(|status| self.language.pick(format!("【{status}】"), format!(" [{status}]")));
                let status = status.unwrap_or_default();
                self.language.pick(
                    format!("{subject}（{period}）{number}{status}"),
                    format!("{subject} ({period}) {number}{status}"),
                )
            }
            Fact::Statement(said) => self
                .language
                .pick(format!("{}表示：{}", said.name, said.text), format!("{} said: {}", said.name, said.text)),
            Fact::Policy(action) => action.subject.clone(),
        };
        let mut line = vec![text(words)];
        if flag.cite > 0 {
            line.push(Inline::Cite(flag.cite));
        }
        line
    }

    pub(super) fn comparison(&self) -> Vec<Block> {
        let comparison = &self.briefing.comparison;
        let (now_week, then_week) = (self.briefing.week.week, comparison.previous_week.week);
        let mut blocks = vec![Block::Heading(
            2,
            self.language
                .pick(format!("與上週（W{then_week:02}）比較"), format!("Against the week before (W{then_week:02})")),
        )];
        let counts =
            |pick: fn(&crate::report::compare::Counts) -> usize| (pick(&comparison.then), pick(&comparison.now));
        let rows = [
            (self.pick("載有貿易事實的文件", "Documents with trade facts"), counts(|counts| counts.documents)),
            (self.pick("數字", "Figures"), counts(|counts| counts.figures)),
            (self.pick("其中已修正", "Revised among them"), counts(|counts| counts.revised)),
            (self.pick("其中各報導不一", "Disputed among them"), counts(|counts| counts.disputed)),
            (self.pick("政策措施", "Policy actions"), counts(|counts| counts.policies)),
            (self.pick("官員發言", "Statements of officials"), counts(|counts| counts.statements)),
            (self.pick("觀察清單觸發", "Watch list met"), counts(|counts| counts.flags)),
        ];
        let cell = |words: String| vec![text(words)];
        blocks.push(Block::Table {
            head: vec![
                self.pick("項目", "Item").to_owned(),
                format!("W{then_week:02}"),
                format!("W{now_week:02}"),
                self.pick("變化", "Change").to_owned(),
            ],
            rows: rows
                .into_iter()
                .map(|(name, (then, now))| {
                    vec![
                        cell(name.to_owned()),
                        cell(then.to_string()),
                        cell(now.to_string()),
                        cell(self.change(then, now)),
                    ]
                })
                .collect(),
        });
        if comparison.headlines.is_empty() {
            return blocks;
        }
        blocks.push(Block::Table {
            head: vec![
                self.pick("總體數字", "Headline figure").to_owned(),
                format!("W{then_week:02}"),
                format!("W{now_week:02}"),
                self.pick("變化", "Change").to_owned(),
            ],
            rows: comparison.headlines.iter().map(|headline| self.headline(headline)).collect(),
        });
        blocks
    }

    fn change(&self, then: usize, now: usize) -> String {
        match now.cmp(&then) {
            std::cmp::Ordering::Equal => self.pick("持平", "unchanged").to_owned(),
            std::cmp::Ordering::Greater => {
                let more = now - then;
                self.language.pick(format!("增加 {more}"), format!("{more} more"))
            }
            std::cmp::Ordering::Less => {
                let fewer = then - now;
                self.language.pick(format!("減少 {fewer}"), format!("{fewer} fewer"))
            }
        }
    }

    fn headline(&self, headline: &Headline) -> Vec<Vec<Inline>> {
        let figure = &headline.figure;
        let dated = |period, number: String| {
            let period = wording::period(period, self.language);
            self.language.pick(format!("{number}（{period}）"), format!("{number} ({period})"))
        };
        let mut name = self.language.pick(
            format!(
                "{}：{}",
                wording::subject(figure, self.language),
                wording::measure_name(figure.measure, self.language)
            ),
            format!(
                "{}, {}",
                wording::subject(figure, self.language),
                wording::measure_name(figure.measure, self.language)
            ),
        );
        if let Some(status) = wording::status(figure, self.language) {
            name.push_str(&self.language.pick(format!("【{status}】"), format!(" [{status}]")));
        }
        let now = dated(&figure.period, amounts::number(figure, self.language));
        let (then, change) = match &headline.previous {
            None => ("—".to_owned(), self.pick("本週新增", "new this week")),
            Some(earlier) => {
                let change = if earlier.period != figure.period {
                    self.pick("新一期", "a further period")
                } else if earlier.amount == figure.amount {
                    self.pick("持平", "unchanged")
                } else {
                    self.pick("數值不同", "another value")
                };
                (dated(&earlier.period, amounts::amount(figure, &earlier.amount, self.language)), change)
            }
        };
        [name, then, now, change.to_owned()].map(|words| vec![text(words)]).to_vec()
    }

    pub(super) fn limits(&self) -> Vec<Block> {
        let mut blocks = vec![self.heading(2, "已知限制", "Known limits")];
        if self.briefing.limits.is_empty() {
            blocks.push(self.nothing("編製時沒有發現限制。", "None was found when this was made."));
            return blocks;
        }
        blocks.push(Block::Numbered(self.briefing.limits.iter().map(|limit| vec![text(self.limit(limit))]).collect()));
        blocks
    }

    fn limit(&self, limit: &Limit) -> String {
        let language = self.language;
        match limit {
            Limit::WeekNotOver => self
                .pick(
                    "本報告產出時，本週尚未結束，之後發布的文件未列入。",
                    "The week was not over when this was made; later documents are missing.",
                )
                .to_owned(),
            Limit::NothingRead => {
                self.pick("資料庫沒有本週的事實。", "The store holds no fact of this week.").to_owned()
            }
            Limit::NoPreviousWeek => self
                .pick(
                    "資料庫沒有上週的事實，與上週的比較因此從缺。",
                    "The store holds no fact of the week before, so that nothing can be compared.",
                )
                .to_owned(),
            Limit::SourceFailing { source, at, reason } => language.pick(
                format!("來源 {source} 自 {} 起狀況不佳：{reason}", at.strftime("%Y-%m-%dT%H:%MZ")),
                format!("The source {source} has not been well since {}: {reason}", at.strftime("%Y-%m-%dT%H:%MZ")),
            ),
            Limit::Disputed { figures } => language.pick(
                format!("{figures} 項數字各報導不一，尚無官方來源可以確定。"),
                format!("Documents disagree on {figures} figures, and no official source has settled them."),
            ),
            Limit::Held { figures } => language.pick(
                format!("{figures} 項數字與其數列相差懸殊，未經官方證實，未列入本報告。"),
                format!("{figures} figures are left out: they stand out from their series, and no official source confirms them."),
            ),
            Limit::LowConfidence { figures } => language.pick(
                format!("{figures} 項數字的期間、對象或單位由文意推定，信心低。"),
                format!("For {figures} figures, period, partner or unit was filled in from weak signs."),
            ),
            Limit::ForumOnly { figures } => language
                .pick(format!("{figures} 項數字僅見於論壇。"), format!("{figures} figures stand in forums only.")),
            Limit::NotOfficial { figures, all } => language.pick(
                format!("{all} 項數字中有 {figures} 項沒有發布機關本身的文件可以印證。"),
                format!("{figures} of {all} figures are not confirmed by a document of the publishing agency."),
            ),
            Limit::OneDocument { figures, all } => language.pick(
                format!("{all} 項數字中有 {figures} 項僅有一份文件記載。"),
                format!("{figures} of {all} figures are carried by a single document."),
            ),
            Limit::Undated { documents } => language.pick(
                format!("{documents} 份文件沒有發布日期，以讀取日期（UTC）計入本週。"),
                format!("{documents} documents do not say when they were published; the day of reading (UTC) counts."),
            ),
            Limit::Problems { documents, problems } => language.pick(
                format!("{documents} 份文件有無法讀取之處，共 {problems} 處。"),
                format!("Parts of {documents} documents could not be read, {problems} in all."),
            ),
            Limit::Withdrawn { events } => language.pick(
                format!("{events} 項事實已沒有任何文件記載，未列入本報告。"),
                format!("{events} facts are no longer carried by any document and are left out."),
            ),
        }
    }

    /// Disclaimer, and the documents that are cited.
    pub(super) fn closing(&self, citations: &[&Citation]) -> Vec<Block> {
        let mut cited: Vec<usize> = Vec::new();
        for citation in citations {
            if !cited.contains(&citation.document) {
                cited.push(citation.document);
            }
        }
        let mut blocks = vec![
            self.heading(2, "免責聲明", "Disclaimer"),
            Block::Paragraph(vec![text(self.pick(
                "本報告由程式自動編製，內容為所列文件記載的事實，可能有誤讀或遺漏；數字可能在發布後修正。引用前請以原文為準。本報告不構成投資、法律或商業建議。",
                "This briefing was put together by program from the documents listed. It may misread or miss facts, and figures \
                 may be revised after publication: check the original before relying on one. It is no investment, legal or \
                 business advice.",
            ))]),
            self.heading(2, "資料來源", "Sources"),
        ];
        if cited.is_empty() {
            blocks.push(self.nothing("本報告沒有引用文件。", "No document is cited."));
        } else {
            let documents = cited.into_iter().map(|place| self.document(&self.briefing.documents[place]));
            blocks.push(Block::Bullets(documents.collect()));
        }
        blocks
    }

    /// A document as it is cited: title with link, publisher, date.
    pub(super) fn document(&self, document: &CitedDocument) -> Vec<Inline> {
        let href = bellwether_model::web::CanonicalUrl::parse(&document.url).ok().map(|url| url.to_string());
        let title = if document.title.is_empty() { document.url.clone() } else { document.title.clone() };
        let publisher = document.publisher.clone().unwrap_or_else(|| document.source.to_string());
        let date = match document.published {
            Some(date) => date.to_string(),
            None => self
                .language
                .pick(format!("未註明日期，{} 讀取", document.read), format!("undated, read on {}", document.read)),
        };
        let comma = self.pick("，", ", ");
        vec![
            Inline::Link { words: title, href, language: document.language.map_or("", Language::tag) },
            text(format!("{comma}{publisher}{comma}{date}")),
        ]
    }
}
