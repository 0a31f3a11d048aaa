//! Policy actions of announcements and of reports that list measures.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking and tells what it skipped")]

use std::fmt::Write as _;

use bellwether_extractors::{PageContext, page, policy};
use bellwether_model::document::DocumentKind;
use bellwether_model::policy::PolicyAction;
use proptest::prelude::*;

fn read(text: &str, kind: DocumentKind, published: &str) -> Vec<PolicyAction> {
    let context = PageContext {
        kind: Some(kind),
        published: Some(published.to_owned()),
        content_type: Some("text/markdown; charset=utf-8".to_owned()),
        ..PageContext::default()
    };
    let (document, _) = page::read(text.as_bytes(), &context);
    let length = document.text.chars().count();
    let reference = document.published.map(|time| time.date());
    let actions = policy::read(&document, reference);
    for action in &actions {
        assert!(action.evidence.start < action.evidence.end && action.evidence.end <= length, "{action:?}");
    }
    actions
}

/// The actions as `number | issuer | subject | announced | effective | expires | partner | category`, one a line.
fn actions(text: &str, kind: DocumentKind, published: &str) -> String {
    let mut lines = String::new();
    for action in read(text, kind, published) {
        let day = |day: Option<jiff::civil::Date>| day.map_or_else(|| "-".to_owned(), |day| day.to_string());
        let words = |words: Option<&str>| words.unwrap_or("-").to_owned();
        writeln!(
            lines,
            "{} | {} | {} | {} | {} | {} | {} | {}",
            words(action.number.as_deref()),
            words(action.issuer.as_deref()),
            action.subject,
            day(action.announced),
            day(action.effective),
            day(action.expires),
            words(action.partner.as_ref().map(|partner| partner.as_str())),
            words(action.category.as_deref()),
        )
        .unwrap();
    }
    lines.trim_end().to_owned()
}

#[test]
fn an_announcement_with_labelled_lines() {
    let text = "# 商务部公告2031年第7号 关于对某类石墨物项实施出口管制的公告\n\n【发布单位】安全与管制局\n\n【发布文号】商务部公告2031年第7号\n\n【发文日期】2031年03月05日\n\n根据有关规定，决定对某类石墨物项实施出口管制。\n\n本公告自2031年4月1日起正式实施。\n\n商务部\n\n2031年3月5日\n";
    assert_eq!(
        actions(text, DocumentKind::Policy, "2031-03-06"),
        "2031-7 | 商务部 | 对某类石墨物项实施出口管制 | 2031-03-05 | 2031-04-01 | - | - | export_control"
    );
}

#[test]
fn a_decree_with_a_spaced_letterhead_and_a_signature() {
    let text = "# 关于对美国某公司采取反制措施的决定\n\n中华人民共和国外交部令\n\n第 3 号\n\n现公布《关于对美国某公司采取反制措施的决定》，自公布之日起施行。\n\n部  长  李  某\n\n2031年5月6日\n";
    assert_eq!(
        actions(text, DocumentKind::Policy, "2031-05-07"),
        "3 | 外交部 | 对美国某公司采取反制措施 | 2031-05-06 | 2031-05-06 | - | US | sanction"
    );
}

#[test]
fn an_english_notice() {
    let text = "# Announcement No. 12 of 2031: Suspension of additional duties on certain goods of Canada\n\n- **Issuing Authority**: Ministry of Commerce\n- **Publication Date**: June 2, 2031\n\nThe additional duties are suspended for one year, effective June 10, 2031.\n";
    assert_eq!(
        actions(text, DocumentKind::Policy, "2031-06-03"),
        "2031-12 | Ministry of Commerce | Suspension of additional duties on certain goods of Canada | 2031-06-02 | 2031-06-10 | 2032-06-09 | CA | suspension"
    );
}

#[test]
fn a_rule_of_a_register() {
    let text = "# Expansion of Controls on Certain Listed Entities of Russia\n\n91 FR 12345\n\nAGENCY: Bureau of Industry and Security, Department of Commerce.\n\nACTION: Interim final rule.\n\nPublication Date: March 5, 2031\n\nDATES: This rule is effective April 1, 2031.\n";
    assert_eq!(
        actions(text, DocumentKind::Policy, "2031-03-05"),
        "91 FR 12345 | Bureau of Industry and Security, Department of Commerce | Expansion of Controls on Certain Listed Entities of Russia | 2031-03-05 | 2031-04-01 | - | RU | -"
    );
}

#[test]
fn a_notice_with_a_serial_number() {
    let text = "# 經濟部公告\n\n中華民國120年3月5日\n\n經貿字第12000123450號\n\n主旨：公告修正戰略性高科技貨品輸出管制規定，並自即日生效。\n";
    assert_eq!(
        actions(text, DocumentKind::Policy, "2031-03-05"),
        "12000123450 | 經濟部 | 公告修正戰略性高科技貨品輸出管制規定 | 2031-03-05 | 2031-03-05 | - | - | export_control"
    );
}

#[test]
fn an_answer_about_somebody_elses_announcement() {
    let text = "# 商务部新闻发言人就日方暂停有关措施答记者问\n\n- **Date**: 2031-07-04\n\n有记者问：7月2日，日本经济产业省在官网上发布公告，宣布暂停实施化学品出口限制措施半年。对此有何评论？\n\n答：中方注意到，日方宣布于2031年7月3日至2032年1月2日暂停实施有关措施。\n";
    assert_eq!(
        actions(text, DocumentKind::Policy, "2031-07-04"),
        "- | 日本经济产业省 | 暂停实施化学品出口限制措施半年 | 2031-07-02 | 2031-07-03 | 2032-01-02 | - | suspension"
    );
}

#[test]
fn a_report_lists_measures_in_tables_and_items() {
    let text = "# 週報\n\n## 政策\n\n| 公告編號 | 生效日期 | 管制範圍 | 影響 |\n|---|---|---|---|\n| 2031-7 | 2031-04-01 | 石墨物項 | 高 |\n| 2031-8 | 2031-04-15 | 鎵鍺物項 | 中 |\n\n- **國務院令第 801 號**（生效日期：2031-05-01）\n- 建立許可制度\n\n1. **加強對韓國出口管制**（來源：a.md）\n   - 發布日期：2031-03-20\n   - 範圍：軍事用戶\n\n2. **雙邊磋商**（來源：b.md）\n   - 2031 年 3 月 21 日，雙方磋商\n\n## 附錄\n\n| 資料 | 日期 |\n|---|---|\n| 商务部公告2031年第7号 - 石墨 | 2031-03-05 |\n| 台灣出口統計 | 2031-03-07 |\n";
    let got = actions(text, DocumentKind::Briefing, "2031-03-22");
    assert_eq!(
        got,
        "2031-7 | 商务部 | 石墨物項 | 2031-03-05 | 2031-04-01 | - | - | export_control\n\
         2031-8 | - | 鎵鍺物項 | - | 2031-04-15 | - | - | export_control\n\
         801 | 國務院 | 政策 | - | 2031-05-01 | - | - | -\n\
         - | - | 加強對韓國出口管制 | 2031-03-20 | - | - | KR | export_control"
    );
}

/// Wordings of force, as `number | announced | effective | expires`.
#[test]
fn days_in_the_wordings_of_many_authorities() {
    for (text, wanted) in [
        (
            "# 某委员会关于对原产于某国的商品加征关税的公告\n\n税委会公告2031年第4号\n\n自2031年4月10日12时01分起，对有关商品加征关税。\n\n2031年4月10日12时01分至2031年5月13日24时进口的，不加征。\n",
            "2031-4 | 2031-04-04 | 2031-04-10 | -",
        ),
        (
            "# 商务部公告2031年第70号 公布暂停实施2031年第55、56号公告的决定\n\n即日起至2032年4月10日，暂停实施有关公告。\n\n商务部\n\n2031年4月2日\n",
            "2031-70 | 2031-04-02 | 2031-04-02 | 2032-04-10",
        ),
        (
            "# 商务部公告2031年第33号 公布反倾销调查的最终裁定\n\n2025年7月5日起，有关措施曾经实施。\n\n自2031年4月5日起，对有关产品征收反倾销税。实施期限自2031年4月5日起5年。\n",
            "2031-33 | 2031-04-04 | 2031-04-05 | 2036-04-04",
        ),
        (
            "# 财政部关于调整加征关税措施的公告\n\n税委会公告2031年第10号\n\n自2031年4月10日起，调整有关措施，一年内继续暂停实施24%的税率。\n",
            "2031-10 | 2031-04-04 | 2031-04-10 | 2032-04-09",
        ),
        (
            "# Executive Order 14999: Regulating Imports of Widgets\n\nThe rates shall take effect at 12:01 a.m. eastern daylight time on April 5, 2031.\n",
            "EO 14999 | 2031-04-04 | 2031-04-05 | -",
        ),
        (
            "# Adjusting Imports of Widgets\n\nProclamation 10999 of April 3, 2031\n\nThe rate shall be raised with respect to goods entered for consumption on or after 12:01 a.m. eastern daylight time on April 6, 2031.\n",
            "Proclamation 10999 | 2031-04-03 | 2031-04-06 | -",
        ),
        (
            "# Commission Implementing Regulation (EU) 2031/62 of 3 April 2031 imposing a duty on widgets\n\nThis Regulation shall enter into force on the day following that of its publication in the Official Journal.\n",
            "Regulation (EU) 2031/62 | 2031-04-03 | 2031-04-05 | -",
        ),
        (
            "# Notification No. 12/2031-32: Import Policy of Widgets\n\nNew Delhi, Dated: 3rd April, 2031\n\nThe policy is amended with immediate effect and shall remain in force till 31st March, 2032.\n",
            "12/2031-32 | 2031-04-03 | 2031-04-03 | 2032-03-31",
        ),
        (
            "# 財政部公告\n\n發文日期：中華民國120年4月2日\n發文字號：台財關字第1201015678號\n主旨：對特定鋼品課徵臨時反傾銷稅，自120年4月3日起實施，期間4個月。\n",
            "1201015678 | 2031-04-02 | 2031-04-03 | 2031-08-02",
        ),
        (
            "# Notice of Exclusion Extensions\n\n99 FR 42500\n\nThe exclusions, scheduled to expire on April 30, 2031, will be extended through November 29, 2031. Comments must be received until May 5, 2031.\n",
            "99 FR 42500 | 2031-04-04 | - | 2031-11-29",
        ),
    ] {
        let found = read(text, DocumentKind::Policy, "2031-04-04");
        let day = |day: Option<jiff::civil::Date>| day.map_or_else(|| "-".to_owned(), |day| day.to_string());
        let line = |a: &PolicyAction| {
            let number = a.number.clone().unwrap_or_default();
            format!("{number} | {} | {} | {}", day(a.announced), day(a.effective), day(a.expires))
        };
        assert_eq!(found.iter().map(line).collect::<Vec<_>>().join("\n"), wanted, "{text}");
    }
}

#[test]
fn a_page_of_several_announcements() {
    let text = "# 出口管制公告汇编（2031年4月3日）\n\n## 商务部公告2031年第61号 公布对某物项实施出口管制的决定\n\n本公告第一条第（一）项自2031年6月1日起实施，其余自公布之日起实施。\n\n## 海关总署公告2031年第58号（关于恢复某国企业资质的公告）\n\n本公告自2031年5月8日起正式实施。\n";
    assert_eq!(
        actions(text, DocumentKind::Policy, "2031-04-04"),
        "2031-61 | 商务部 | 对某物项实施出口管制 | 2031-04-03 | 2031-04-03 | - | - | export_control\n\
         2031-58 | 海关总署 | 恢复某国企业资质 | 2031-04-03 | 2031-05-08 | - | - | -"
    );
}

#[test]
fn other_kinds_of_documents_and_pages_without_a_measure_give_none() {
    let text = "# 商务部公告2031年第7号 关于对某类石墨物项实施出口管制的公告\n\n自2031年4月1日起施行。\n";
    assert_eq!(actions(text, DocumentKind::News, "2031-03-06"), "");
    assert_eq!(actions("# 网站地图\n\n首页 新闻 政策\n", DocumentKind::Policy, "2031-03-06"), "");
    assert_eq!(actions("", DocumentKind::Policy, "2031-03-06"), "");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn any_text_is_read(
        text in "(\\PC{0,30}|\n|# |- |\\*\\*|\\| a \\| b \\|\n\\|---\\|---\\|\n|公告2031年第7号|令第 8 号|关于|答记者问|2031年4月1日|生效日期：|自|起施行|暂停|一年|、|（|）|effective |for one year)*",
        briefing in any::<bool>(),
    ) {
        let kind = if briefing { DocumentKind::Briefing } else { DocumentKind::Policy };
        for action in read(&text, kind, "2031-03-06") {
            if let (Some(from), Some(to)) = (action.effective, action.expires) {
                prop_assert!(from <= to);
            }
        }
    }
}

/// What the one act of a text does to others, and the days of its parts.
fn ties(text: &str) -> (Vec<String>, Vec<String>) {
    let action = read(text, DocumentKind::Policy, "2031-03-06").into_iter().next().unwrap();
    let day = |day: Option<jiff::civil::Date>| day.map_or_else(|| "-".to_owned(), |day| day.to_string());
    let refers = action.refers.iter().map(|r| {
        assert!(r.evidence.start < r.evidence.end, "{r:?}");
        format!("{} {} {}", r.action, r.issuer.as_deref().unwrap_or("-"), r.number)
    });
    let parts = action.parts.iter().map(|p| format!("{} | {} | {}", p.subject, day(p.effective), day(p.expires)));
    (refers.collect(), parts.collect())
}

#[test]
fn an_act_says_what_it_does_to_others() {
    for (text, expected) in [
        (
            "# 商务部公告2031年第20号 关于暂停实施部分公告的公告\n\n自2031年3月10日起，暂停实施商务部公告2031年第7、8号和海关总署公告2030年第51号。\n",
            &["suspends 商务部 2031-7", "suspends 商务部 2031-8", "suspends 海关总署 2030-51"][..],
        ),
        (
            "# 商务部公告2031年第21号 关于延长措施的公告\n\n根据商务部公告2029年第3号，延長商務部公告2030年第4號的實施期限，自2031年3月10日起施行。海关总署公告2019年第18号、第20号同时废止。\n",
            &["extends 商務部 2030-4", "repeals 海关总署 2019-18", "repeals 海关总署 2019-20"],
        ),
        (
            "# 商务部公告2031年第22号 关于停止若干措施的公告\n\n自2031年3月10日起，停止实施以下公告：\n\n一、商务部公告2030年第4号（公布加征关税的决定）；\n\n二、商务部公告2030年第9号。\n\n商务部公告2028年第1号另行处理。\n",
            &["suspends 商务部 2030-4", "suspends 商务部 2030-9"],
        ),
        (
            "# Executive Order 19957: Duties on tiles\n\nUnder Executive Order 19901, as amended, duties apply. This order, effective March 10, 2031, rescinds Executive Orders 19911 and 19912. Proclamation 9870 is hereby amended.\n",
            &["repeals - EO 19911", "repeals - EO 19912", "amends - Proclamation 9870"],
        ),
    ] {
        assert_eq!(ties(text).0, expected, "{text}");
    }
}

#[test]
fn parts_of_an_act_have_days_of_their_own() {
    let text = "# 商务部公告2031年第23号 关于石墨物项的公告\n\n本公告第三条自2031年6月1日起施行，其余条款自2031年4月1日起施行。\n";
    assert_eq!(ties(text).1, ["第三条 | 2031-06-01 | -", "其余条款 | 2031-04-01 | -"]);
    let plain = "# 商务部公告2031年第24号 关于石墨物项的公告\n\n本公告自2031年4月1日起施行。\n";
    assert!(ties(plain).1.is_empty());
}

#[test]
fn an_act_has_a_kind_beside_its_instrument() {
    for (subject, kind) in [
        ("关于将三家实体列入不可靠实体清单的公告", Some("enforcement_action")),
        ("关于对石墨相关物项实施出口管制的公告", Some("controlled_item_change")),
        ("修正石墨輸出入管理辦法", Some("regulation_update")),
        ("关于发布石墨出口合规指南的公告", Some("policy_guidance")),
        ("关于海岛自由贸易协定生效的公告", Some("international_cooperation")),
    ] {
        let text = format!("# 商务部公告2031年第7号 {subject}\n\n自2031年4月1日起施行。\n");
        let action = read(&text, DocumentKind::Policy, "2031-03-06").into_iter().next().unwrap();
        assert_eq!(action.kind.as_deref(), kind, "{subject}");
    }
}

#[test]
fn an_act_read_before_there_were_references_still_reads() {
    let old = r#"{"issuer":null,"number":"2031-7","subject":"a","announced":null,"effective":null,"expires":null,"partner":null,"category":null,"evidence":{"text":"a","start":0,"end":1}}"#;
    let action: PolicyAction = serde_json::from_str(old).unwrap();
    assert_eq!(serde_json::to_string(&action).unwrap(), old, "what is empty is not written");
}

#[test]
fn a_decree_is_read_without_labelled_lines() {
    let text = "# 農業部動植物防疫檢疫署公告\n\n發文字號：防檢字第1200001234號\n主旨：修正石墨檢疫規定，並自中華民國一百二十年四月一日生效。\n";
    let read = actions(text, DocumentKind::Policy, "2031-03-06");
    assert!(read.contains("修正石墨檢疫規定") && read.contains("| 2031-04-01 |"), "{read}");
}

#[test]
fn acts_name_their_issuer_by_their_opening() {
    let lines = |text: &str| actions(text, DocumentKind::Policy, "2031-03-07");
    let council = "# Council Decision (CFSP) 2031/512 of 4 March 2031 concerning restrictive measures in view of the situation in Freedonia\n\n\
        THE COUNCIL OF THE EUROPEAN UNION,\n\nThis Decision shall apply from 10 March 2031.\n";
    assert!(
        lines(council).starts_with("Decision (CFSP) 2031/512 | Council of the European Union | "),
        "{}",
        lines(council)
    );
    let commission = "# Commission Implementing Regulation (EU) 2031/15 of 5 March 2031 imposing a duty on imports of widgets\n\n\
        This Regulation shall enter into force on 9 March 2031.\n";
    assert!(lines(commission).contains("| European Commission |"), "{}", lines(commission));
    let order = "# Executive Order 14999 of March 5, 2031: Adjusting Duties\n\nBy the authority vested in me as President, it is ordered:\n\n\
        The duty is effective March 9, 2031.\n";
    assert!(lines(order).contains("| President of the United States |"), "{}", lines(order));
}

#[test]
fn acts_of_more_gazettes_are_announcements() {
    let read = |text: &str| {
        let context = PageContext {
            published: Some("2031-03-07".to_owned()),
            content_type: Some("text/markdown".to_owned()),
            ..PageContext::default()
        };
        let (document, _) = page::read(text.as_bytes(), &context);
        (document.kind, policy::read(&document, document.published.map(|time| time.date())))
    };
    let cases = [
        (
            "# Import and Export (Widgets) Regulations (Amendment) Order 2031\n\nL.N. 66 of 2031\n\nThis Order comes into operation on 15 September 2031.\n",
            "2031-09-15",
        ),
        ("# 輸出貿易管理令の一部を改正する政令\n\n公布日：2031年3月5日\n施行日：2031年4月1日\n", "2031-04-01"),
        (
            "# 전략물자 수출입고시 일부개정\n\n산업통상부고시 제2031-18호\n\n이 고시는 2031년 4월 1일부터 시행한다.\n",
            "2031-04-01",
        ),
        (
            "# 行政院公報資訊網\n\n甲部令\n\n台甲關字第1201013456號\n\n修正「進口稅則」部分稅則，自中華民國一百二十年四月一日施行。\n",
            "2031-04-01",
        ),
        (
            "# 甲署公告2031年第58号（关于进口甲国水果要求的公告）\n\n即日起，允许符合要求的甲国水果进口。\n",
            "2031-03-07",
        ),
        (
            "# Notification No. 51/2031-32\n\nMinistry of Trade\n\nSubject: Import policy of widgets\n\nThe rule is effective 1 April 2031.\n",
            "2031-04-01",
        ),
    ];
    for (text, effective) in cases {
        let (kind, found) = read(text);
        assert_eq!(kind, DocumentKind::Policy, "{text}");
        let days: Vec<String> = found.iter().filter_map(|action| action.effective).map(|day| day.to_string()).collect();
        assert_eq!(days, [effective], "{text}: {found:?}");
    }
    assert_eq!(read(cases[5].0).1[0].subject, "Import policy of widgets");
}
