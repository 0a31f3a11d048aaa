//! Who is quoted, with which office, in sentences of both Chinese scripts and English.

use bellwether_extractors::{page, statements};
use bellwether_model::statement::Official;
use proptest::prelude::*;

fn read(text: &str) -> Vec<Official> {
    statements::read(&page::plain(text, None))
}

/// The officials as `name / title / organisation / sentences`, one a line.
fn officials(text: &str) -> String {
    let line = |o: &Official| {
        let part = |words: &Option<String>| words.clone().unwrap_or_else(|| "-".to_owned());
        format!("{} / {} / {} / {}", o.name, part(&o.title), part(&o.org), o.quotes)
    };
    read(text).iter().map(line).collect::<Vec<_>>().join("\n")
}

fn check(cases: &[(&str, &str)]) {
    let wrong: Vec<String> = cases
        .iter()
        .filter_map(|(text, wanted)| {
            let got = officials(text);
            (got != *wanted).then(|| format!("{text}\n  wanted: {wanted}\n  got:    {got}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{} of {} wrong:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

#[test]
fn chinese_officials() {
    check(&[
        ("財政部統計處副處長陳玉芳今天在記者會上表示，出口可望續增。", "陳玉芳 / 統計處副處長 / 財政部 / 1"),
        (
            "財政部統計處長林雅文指出，10月出口創新高。她說，AI需求強勁。林雅文並強調，第4季審慎樂觀。",
            "林雅文 / 統計處長 / 財政部 / 3",
        ),
        ("经济部长郭明辉称，关税谈判仍在进行。", "郭明辉 / 部长 / 经济部 / 1"),
        ("中国海关总署副署长吕卫红在国新办发布会上介绍，外贸开局平稳。", "吕卫红 / 副署长 / 中国海关总署 / 1"),
        ("国家统计局新闻发言人付凌晖表示，国民经济运行平稳。", "付凌晖 / 新闻发言人 / 国家统计局 / 1"),
        (
            "商务部新闻发言人何亚东3月6日在例行新闻发布会上，就有关问题答问时表示，中方坚决反对。",
            "何亚东 / 新闻发言人 / 商务部 / 1",
        ),
        ("香港財政司司長陳茂波發表網誌指，出口表現理想。", "陳茂波 / 財政司司長 / 香港 / 1"),
        ("韩国产业通商资源部长官安德根表示，将全力支援出口企业。", "安德根 / 长官 / 韩国产业通商资源部 / 1"),
        ("日本財務相加藤勝信說，將密切關注匯率。", "加藤勝信 / 財務相 / 日本 / 1"),
        ("美國財長貝森特接受訪問時表示，談判進展順利。", "貝森特 / 財長 / 美國 / 1"),
        ("美國總統唐納德·川普宣布，將對所有進口汽車加徵關稅。", "唐納德·川普 / 總統 / 美國 / 1"),
        ("歐洲央行總裁拉加德警告，貿易戰將拖累經濟。", "拉加德 / 總裁 / 歐洲央行 / 1"),
        ("欧盟委员会主席冯德莱恩表示，欧盟将采取反制措施。", "冯德莱恩 / 主席 / 欧盟委员会 / 1"),
        ("行政院長卓榮泰說，政府將提供協助。", "卓榮泰 / 院長 / 行政院 / 1"),
        ("總統賴清德說：「我們會與產業站在一起。」", "賴清德 / 總統 / - / 1"),
        ("賴清德總統表示，將持續深化台美合作。", "賴清德 / 總統 / - / 1"),
        ("國際貿易署長江文若說明，展覽成效良好。江署長強調，將再加碼。", "江文若 / 署長 / 國際貿易署 / 2"),
        ("主計總處綜合統計處處長蔡鈺泰表示，第3季經濟成長優於預期。", "蔡鈺泰 / 綜合統計處處長 / 主計總處 / 1"),
        ("央行總裁楊金龍31日表示，新台幣匯率由市場決定。", "楊金龍 / 總裁 / 央行 / 1"),
        ("「出口動能仍強。」財政部統計處長王志明說。", "王志明 / 統計處長 / 財政部 / 1"),
        ("立委李柏毅質疑，政府低估關稅衝擊。", "李柏毅 / 立委 / - / 1"),
        ("新加坡貿工部長顏金勇指出，本地出口面臨下行風險。", "顏金勇 / 部長 / 新加坡貿工部 / 1"),
        ("美商務部長盧特尼克指出，晶片關稅即將公布。", "盧特尼克 / 部長 / 美商務部 / 1"),
        ("海關總署統計分析司司長呂文良在會上介紹，進出口規模創新高。", "呂文良 / 統計分析司司長 / 海關總署 / 1"),
        ("國發會主委葉俊明受訪時說，全年保三沒問題。", "葉俊明 / 主委 / 國發會 / 1"),
        ("被問及關稅影響，經濟部長郭明輝坦言，傳產壓力大。", "郭明輝 / 部長 / 經濟部 / 1"),
        ("財政部公布12月出口。統計處長林雅文（右）表示，出口創高。", "林雅文 / 統計處長 / 財政部 / 1"),
        ("玻利維亞駐華大使館公使銜參贊羅文月說，合作順利。", "羅文月 / 公使銜參贊 / - / 1"),
        ("主計長陳玉姿說，預算無虞。", "陳玉姿 / 主計長 / - / 1"),
        (
            "財政部今（9）日公布海關進出口統計，統計處長林雅文指出，出口創高。林雅文預期，首季續旺。",
            "林雅文 / 統計處長 / 財政部 / 2",
        ),
        ("美國聯準會主席鮑文說，關稅推升通膨。", "鮑文 / 主席 / 美國聯準會 / 1"),
        ("日本經濟再生擔當大臣赤木正雄說，談判沒有期限。", "赤木正雄 / 大臣 / - / 1"),
        ("立法委員賴明葆質詢時指出，出口過度集中。", "賴明葆 / 立法委員 / - / 1"),
        ("郭明輝（經濟部長）說，談判順利。", "郭明輝 / 部長 / 經濟部 / 1"),
        (
            "財政部統計處長林雅文今天出席記者會，會中針對美國對等關稅，她認為影響可控。",
            "林雅文 / 統計處長 / 財政部 / 1",
        ),
        ("俄罗斯总统普京与中国国家主席习近平举行会谈。", ""),
        ("贸发局研究总监范婉芬与经济师陈永健出席发布会。范婉芬预计，全年出口升5%。", "范婉芬 / 研究总监 / 贸发局 / 1"),
        ("商务部部长助理李明在吹风会上说，外贸有韧性。", "李明 / 部长助理 / 商务部 / 1"),
        ("越南工贸部副部长阮生日新表示，对美出口保持增长。", "阮生日新 / 副部长 / 越南工贸部 / 1"),
    ]);
}

#[test]
fn several_offices_speakers_and_departments() {
    check(&[
        ("國家能源局副局長、新聞發言人陸文清介紹，平台上線。", "陸文清 / 副局長、新聞發言人 / 國家能源局 / 1"),
        ("商務部國際貿易談判代表兼副部長鄭立德表示，磋商坦誠。", "鄭立德 / 國際貿易談判代表兼副部長 / 商務部 / 1"),
        (
            "經濟部常務次長林昭明、國際貿易署署長方志遠主持記者會。林昭明表示，將補助利息；方志遠則補充，已協助拓銷。",
            "林昭明 / 常務次長 / 經濟部 / 1\n方志遠 / 署長 / 國際貿易署 / 1",
        ),
        ("財政部長莊立仁和央行總裁楊正安都表示，匯率穩定。", "莊立仁 / 部長 / 財政部 / 1\n楊正安 / 總裁 / 央行 / 1"),
        ("經濟部公布外銷訂單。統計處處長黃立傑指出，訂單暢旺。", "黃立傑 / 統計處處長 / 經濟部 / 1"),
        ("海关总署代理署长张建德说，通关提速。", "张建德 / 代理署长 / 海关总署 / 1"),
        ("日本首相高市早子當天在國會答辯時說，將守護農業。", "高市早子 / 首相 / 日本 / 1"),
        ("日本官房長官木原實在記者會上表示，將冷靜應對。", "木原實 / 官房長官 / 日本 / 1"),
        ("歐陽立德（經濟部產業署署長）：轉型需要時間。", "歐陽立德 / 產業署署長 / 經濟部 / 1"),
        ("商務部長表示歡迎。部長王文定會見歐盟貿易委員時說，望妥善處理。", "王文定 / 部長 / 商務部 / 1"),
        (
            "German Economy Minister Karla Reich and French Finance Minister Rene Lesur both urged caution.",
            "Karla Reich / Economy Minister / Germany / 1\nRene Lesur / Finance Minister / France / 1",
        ),
        (
            "A textile-sector lawmaker said tariffs hurt. Peter Lau, who is also an executive councillor, told radio that orders fell. The lawmaker called for loans.",
            "Peter Lau / lawmaker / - / 3",
        ),
        (
            "Commerce Secretary Harold Latnik said duties would stay, while Trade Representative James Grier said exclusions would go on.",
            "Harold Latnik / Commerce Secretary / - / 1\nJames Grier / Trade Representative / - / 1",
        ),
        (
            "Trade Minister Kim Jung-su was quoted as saying that exports rose. The minister added that chips led.",
            "Kim Jung-su / Trade Minister / - / 2",
        ),
        ("Premier Cho Jung-an (卓榮安), meanwhile, said the budget was ready.", "Cho Jung-an / Premier / - / 1"),
        (
            "Lawmaker Ko Ju-lin of the Opposition Union asked whether the deal was ready.",
            "Ko Ju-lin / Lawmaker / - / 1",
        ),
        ("Chief Executive John Leung said the city would open more offices.", "John Leung / Chief Executive / - / 1"),
        ("Widget Works Chief Executive John Leung said sales rose.", ""),
    ]);
}

/// Others who are quoted by name and office, as `name / title / organisation`.
#[test]
fn speakers_who_hold_no_public_office() {
    for (text, wanted) in [
        ("星展銀行資深經濟學家馬鐵安認為，出口將放緩。他指出，基期墊高。", "馬鐵安 / 資深經濟學家 / 星展銀行"),
        ("台積電董事長魏明家說，需求強勁。", "魏明家 / 董事長 / -"),
        (
            "\"Demand is strong,\" said Mary Holt, chief economist at Northern Bank. Holt added that orders grew.",
            "Mary Holt / chief economist / Northern Bank",
        ),
        ("財政部統計處長林雅文表示，出口續旺。", ""),
        ("An analyst said growth would slow.", ""),
    ] {
        let all = statements::speakers(&page::plain(text, None)).others;
        let line = |o: &Official| {
            format!("{} / {} / {}", o.name, o.title.as_deref().unwrap_or("-"), o.org.as_deref().unwrap_or("-"))
        };
        assert_eq!(all.iter().map(line).collect::<Vec<_>>().join("\n"), wanted, "{text}");
    }
}

#[test]
fn people_who_are_no_officials() {
    check(&[
        ("星展銀行經濟學家馬鐵英認為，出口增速將放緩。他指出，基期墊高。", ""),
        ("台經院景氣預測中心主任孫明德表示，景氣燈號轉綠。", ""),
        ("中華民國全國工業總會理事長潘俊榮指出，匯率波動太大。", ""),
        ("台積電董事長魏哲家說，需求強勁。", ""),
        ("北京大學教授王緝思表示，貿易戰沒有贏家。", ""),
        ("前財政部長許嘉棟認為，應審慎以對。", ""),
        ("財政部官員表示，出口可望回溫。", ""),
        ("中國對美國出口下降，特朗普的關稅政策令企業憂心。", ""),
        ("\"Demand is strong,\" said Mary Holt, chief economist at Northern Bank.", ""),
        ("John Fowler, chairman of the Widget Exporters Association, said orders fell.", ""),
        ("Toyota President Ken Mori said sales fell.", ""),
        ("Former finance minister Anna Brandt said the plan was risky.", ""),
        ("A trade ministry official said exports rose. He declined to be named.", ""),
        ("Chen Wei, president and chief economist at Northern Asset Management, said exports were strong.", ""),
        ("國際貨幣基金組織首席經濟學家古文沙表示，全球貿易放緩。", ""),
        ("Professor Li Wei of Peking University said growth would slow.", ""),
    ]);
}

#[test]
fn pronouns_follow_the_last_speaker() {
    check(&[
        // He is the economist.
        (
            "財政部統計處長林雅文表示，出口創新高。瑞銀經濟學家陳大同指出，動能將放緩。他認為，明年恐轉負。",
            "林雅文 / 統計處長 / 財政部 / 1",
        ),
        // He is nobody with a name.
        (
            "商務部發言人何立新說，雙方保持溝通。一位官員表示，談判艱難。他稱，仍有分歧。",
            "何立新 / 發言人 / 商務部 / 1",
        ),
        // The host of a meeting speaks, not the guest.
        ("美國總統特朗普會見日本首相石破茂時表示，兩國將擴大貿易。", "特朗普 / 總統 / 美國 / 1"),
        (
            "Trade Minister Kim Jung-kwan said exports rose. An analyst said growth would slow. He expects a fall.",
            "Kim Jung-kwan / Trade Minister / - / 1",
        ),
    ]);
}

#[test]
fn english_officials() {
    check(&[
        (
            "Beatrice Lin, director-general of the finance ministry's statistics department, said exports would grow. She added that demand was strong.",
            "Beatrice Lin / director-general / finance ministry / 2",
        ),
        (
            "Minister of Trade Ahn Duk-geun said shipments rose. Ahn noted that chips led.",
            "Ahn Duk-geun / Minister of Trade / - / 2",
        ),
        (
            "South Korean Trade Minister Cheong In-kyo said talks would go on.",
            "Cheong In-kyo / Trade Minister / South Korea / 1",
        ),
        (
            "\"We will respond,\" Chinese Commerce Ministry spokesperson He Yongqian told reporters.",
            "He Yongqian / spokesperson / Chinese Commerce Ministry / 1",
        ),
        ("\"Tariffs work,\" said US Treasury Secretary Scott Bessent.", "Scott Bessent / Treasury Secretary / US / 1"),
        (
            "President Donald Trump said on Monday he would raise duties. Trump also said talks went well.",
            "Donald Trump / President / - / 2",
        ),
        ("Bank of Japan Governor Kazuo Ueda warned of risks.", "Kazuo Ueda / Governor / Bank of Japan / 1"),
        (
            "European Commission President Ursula von der Leyen said the bloc was ready.",
            "Ursula von der Leyen / President / European Commission / 1",
        ),
        (
            "Exports will recover, said Algernon Yau, Hong Kong's secretary for commerce and economic development.",
            "Algernon Yau / secretary for commerce and economic development / Hong Kong / 1",
        ),
        (
            "According to Economic Affairs Minister Kung Ming-hsin, the impact is limited.",
            "Kung Ming-hsin / Economic Affairs Minister / - / 1",
        ),
        (
            "Maroš Šefčovič, the EU's trade commissioner, said the offer stood.",
            "Maroš Šefčovič / trade commissioner / EU / 1",
        ),
        (
            "The HKTDC's assistant principal economist, Cherry Yeung, said sentiment improved.",
            "Cherry Yeung / assistant principal economist / HKTDC / 1",
        ),
        (
            "Japanese Prime Minister Shigeru Ishiba told parliament that talks were tough.",
            "Shigeru Ishiba / Prime Minister / Japan / 1",
        ),
        (
            "US Trade Representative Jamieson Greer, speaking in Geneva, said progress was made.",
            "Jamieson Greer / Trade Representative / US / 1",
        ),
        (
            "Singapore's Minister for Trade and Industry Gan Siow Huang said growth would slow.",
            "Gan Siow Huang / Minister for Trade and Industry / Singapore / 1",
        ),
        (
            "Lyu Daliang, spokesperson for the General Administration of Customs, said trade was resilient.",
            "Lyu Daliang / spokesperson / General Administration of Customs / 1",
        ),
    ]);
}

#[test]
fn statements_are_the_words_without_the_attribution() {
    let all = read("財政部統計處長林雅文表示，「AI商機持續發酵，出口續旺」。她指出，12月出口年增四成。");
    let said = &all[0].statements;
    assert_eq!((said[0].text.as_str(), said[0].direct), ("AI商機持續發酵，出口續旺", true));
    assert_eq!((said[1].text.as_str(), said[1].direct), ("12月出口年增四成。", false));
    let all =
        read("\"Orders have recovered since May,\" said Finance Minister Chuang Yun. She said that chips led the way.");
    let said = &all[0].statements;
    assert_eq!((said[0].text.as_str(), said[0].direct), ("Orders have recovered since May", true));
    assert_eq!((said[1].text.as_str(), said[1].direct), ("chips led the way.", false));
    let all = read("（記者台北8日電）財政部統計處長林雅文說，出口增。");
    assert_eq!(all[0].statements[0].text, "出口增。");
    let all = read("Finance Minister Chuang Yun told a news conference that orders fell.");
    assert_eq!(all[0].statements[0].text, "orders fell.");
    let all = read("\"Orders fell in May. They have recovered since,\" said Finance Minister Chuang Yun.");
    assert_eq!((all[0].statements[0].text.as_str(), all[0].statements[0].direct), ("They have recovered since", true));
}

#[test]
fn data_without_sentences_is_passed_over() {
    let text = format!("{}\n財政部統計處長林雅文表示，出口續旺。", "部長表示,陳大同說".repeat(200_000));
    assert_eq!(officials(&text), "林雅文 / 統計處長 / 財政部 / 1");
}

#[test]
fn both_scripts_give_the_same_people() {
    let traditional = "財政部統計處長蔡明娟表示，出口續旺。她強調，AI是主因。";
    let simplified = "财政部统计处长蔡明娟表示，出口续旺。她强调，AI是主因。";
    let counts = |text| read(text).iter().map(|o| o.quotes).collect::<Vec<_>>();
    assert_eq!(counts(traditional), [2]);
    assert_eq!(counts(simplified), [2]);
}

#[test]
fn spans_count_characters_of_the_document() {
    let text = "國際油價上漲。\n財政部統計處長林雅文表示，出口續旺。";
    let document = page::plain(text, None);
    let statement = &statements::read(&document)[0].statements[0];
    let place: String = document.text.chars().skip(statement.start).take(statement.end - statement.start).collect();
    assert_eq!(place, statement.text);
}

#[test]
fn names_that_hold_the_character_of_a_particle() {
    assert_eq!(officials("日銀總裁河村和男在會上說，匯率波動大。"), "河村和男 / 總裁 / 日銀 / 1");
    assert_eq!(officials("韓國總統朴在勳對此表示，將擴大支援。"), "朴在勳 / 總統 / 韓國 / 1");
    assert_eq!(officials("韓國財政部副總理兼部長具民哲說，將敏捷應對。"), "具民哲 / 副總理兼部長 / 韓國財政部 / 1");
}

#[test]
fn brackets_behind_a_name_do_not_end_its_clause() {
    assert_eq!(officials("聯準會主席柯林斯（Mary Collins）9日表示，通膨是一次性的。"), "柯林斯 / 主席 / 聯準會 / 1");
}

#[test]
fn organisations_that_open_a_sentence_and_portfolios_that_companies_share() {
    let spokesman = "White House Press Secretary Jane Dole said the order would be signed.";
    assert_eq!(officials(spokesman), "Jane Dole / Press Secretary / White House / 1");
    let council = "National Economic Council Director Paul Reed said the plan was solid.";
    assert_eq!(officials(council), "Paul Reed / Director / National Economic Council / 1");
    assert!(
        officials("Economics Minister Lin Jun told reporters that orders rose.").starts_with("Lin Jun / Economics")
    );
    assert_eq!(officials("Capital Economics director Paul Reed said exports fell."), "");
}

#[test]
fn a_surname_known_before_may_begin_another_name() {
    let text = "Deputy Prime Minister Tan Kim Yong said growth slowed. MTI's chief economist Yong Mei Wei said so too.";
    let names: Vec<String> = read(text).into_iter().map(|official| official.name).collect();
    assert_eq!(names, ["Tan Kim Yong", "Yong Mei Wei"]);
}

#[test]
fn a_pronoun_behind_somebody_unnamed_means_nobody() {
    let text = "Finance Minister Chuang Yun said orders rose. A senior official, who declined to be named, said talks \
                went on. He said nothing was decided.";
    assert_eq!(read(text).iter().map(|official| official.quotes).collect::<Vec<_>>(), [1]);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn any_text_is_read_and_spans_hold(text in "(\\PC{0,40}|財政部|處長|總統|陳大同|表示|，|。|「|」|said|Minister|Kim Lee|, |\"|他|He )*") {
        let document = page::plain(&text, None);
        let length = document.text.chars().count();
        for official in statements::read(&document) {
            prop_assert_eq!(official.quotes, official.statements.len());
            for statement in official.statements {
                prop_assert!(statement.start < statement.end && statement.end <= length);
            }
        }
    }
}
