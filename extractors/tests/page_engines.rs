//! One page of posts for each forum engine, as its templates write it: who wrote what and when.

use bellwether_extractors::{PageContext, page};
use bellwether_model::document::{Document, DocumentKind};

/// A page of a question, an answer that quotes it, and another answer; each post made by `post` of author, time and text.
fn read(before: &str, post: fn(&str, &str, &str) -> String, quote: &str) -> Document {
    let posts = [
        post("alice", "2026-01-09 20:08", "Exports rose by a fifth. Will they rise again?"),
        post("bob", "2026-01-10 09:00", &format!("{quote}I doubt it.")),
        post("carol", "2026-01-11 09:30", "Thank you both."),
    ];
    let page =
        format!("<html><head><title>Exports - Some Board</title></head><body>{before}{}</body></html>", posts.concat());
    let context = PageContext { content_type: Some("text/html".to_owned()), ..PageContext::default() };
    page::read(page.as_bytes(), &context).0
}

fn check(engine: &str, document: &Document) {
    assert_eq!(document.kind, DocumentKind::Forum, "{engine}");
    assert_eq!(document.title, "Exports", "{engine}");
    assert_eq!(document.authors, ["alice"], "{engine}");
    let time = document.published.map(|time| time.local.to_string());
    assert_eq!(time.as_deref(), Some("2026-01-09T20:08:00"), "{engine}");
    assert_eq!(document.text, "Exports\nExports rose by a fifth. Will they rise again?\n", "{engine}");
    let comments = document.comments.as_deref().unwrap_or_default();
    let found: Vec<(&str, &str, &str)> = comments
        .iter()
        .map(|comment| (comment.author.as_str(), comment.time.as_deref().unwrap_or_default(), comment.text.as_str()))
        .collect();
    let wanted = [("bob", "2026-01-10 09:00", "I doubt it."), ("carol", "2026-01-11 09:30", "Thank you both.")];
    assert_eq!(found, wanted, "{engine}");
}

#[test]
fn tables_of_posts() {
    let page = read(
        "<a class=maintitle>Exports</a><table class=forumline><tr><th>Author<th>Message</tr>",
        |author, time, text| {
            format!(
                "<tr><td><span class=name><b>{author}</b></span><span class=postdetails>Joined: 01 Jan 2004</span></td>\
                 <td><table><tr><td width='100%'><span class=postdetails>Posted: {time}</span></td></tr>\
                 <tr><td><span class=postbody>{text}</span></td></tr></table></td></tr><tr><td>Back to top</td></tr>"
            )
        },
        "</span><table><tr><td class=quote>Exports rose.</td></tr></table><span class=postbody>",
    );
    check("phpBB 2", &page);
    let page = read(
        "<h2><a class=titles>Exports</a></h2>",
        |author, time, text| {
            format!(
                "<table class=tablebg><tr><td><b class=postauthor>{author}</b></td><td class=gensmall>\
                 <div style='float: left'>Post subject: Exports</div><div style='float: right'>Posted: {time}</div></td></tr>\
                 <tr><td class=profile>Joined: 2009-01-01</td><td><div class=postbody>{text}</div></td></tr></table>"
            )
        },
        "<div class=quotetitle>alice wrote:</div><div class=quotecontent>Exports rose.</div>",
    );
    check("phpBB 3, second style", &page);
    let page = read(
        "<meta name=generator content='Discuz! X3.4'><div id=postlist><h1><span id=thread_subject>Exports</span></h1>",
        |author, time, text| {
            let id = author.len();
            format!(
                "<div id=post_{id}><table id=pid{id}><tr><td class=pls><div class=authi><a class=xw1>{author}</a></div></td>\
                 <td class=plc><em id=authorposton{id}>發表於 {time}</em><div class=pcb><table><tr>\
                 <td class=t_f id=postmessage_{id}><i class=pstatus>edited</i>{text}</td></tr></table>\
                 <div class=cm>dave: so it is</div></div></td></tr></table></div>"
            )
        },
        "<div class=quote><blockquote>Exports rose.</blockquote></div>",
    );
    check("Discuz", &page);
}

#[test]
fn lists_of_posts() {
    let page = read(
        "<meta name=generator content='vBulletin 5.6.4'><h1 class='main-title js-main-title'>Exports</h1><ul>",
        |author, time, text| {
            format!(
                "<li class='b-post js-post' data-node-id=1><div class=b-userinfo><div class=author><span itemprop=name>{author}\
                 </span></div></div><div class=b-post__timestamp><time datetime='{time}'>x</time></div>\
                 <div class=js-post__content-text>{text}</div></li>"
            )
        },
        "<div class=bbcode_container><div class=bbcode_quote>Exports rose.</div></div>",
    );
    check("vBulletin 5", &page);
    let page = read(
        "<shreddit-app></shreddit-app><h1 slot=title>Exports</h1>",
        |author, time, text| {
            let (element, slot) = if author == "alice" { ("post", "text-body") } else { ("comment", "comment") };
            format!(
                "<shreddit-{element} author={author} created='{time}'><div slot={slot}><p>{text}</p></div></shreddit-{element}>"
            )
        },
        "</p><blockquote>Exports rose.</blockquote><p>",
    );
    check("Reddit", &page);
    let page = read(
        "<div id=ipsLayout_body></div><h1 class=ipsType_pageTitle>Exports</h1>",
        |author, time, text| {
            format!(
                "<article class=ipsComment id=elComment_1><h3 class=cAuthorPane_author>{author}</h3><time datetime='{time}'>x\
                 </time><div data-role=commentContent>{text}</div></article>"
            )
        },
        "<blockquote class=ipsQuote>Exports rose.</blockquote>",
    );
    check("Invision", &page);
    let page = read(
        "<h1 class=t2>Exports</h1>",
        |author, time, text| {
            format!(
                "<div class=l-articlePage><div class=l-articlePage__author><div class=c-authorInfo__id>{author}</div></div>\
                 <div class=l-articlePage__publish><span class=o-fNotes>{time}</span><div itemprop=articleBody>{text}</div></div></div>"
            )
        },
        "<blockquote>Exports rose.</blockquote>",
    );
    check("Mobile01", &page);
}

#[test]
fn boards_of_one_page_a_topic() {
    let page = read(
        "<div id=Main><div class=box></div>",
        |author, time, text| match author {
            "alice" => format!(
                "<div class=box><div class=header><h1>Exports</h1><small class=gray><a href='/member/alice'>{author}</a> · \
                 <span title='{time}'>2 days ago</span> · 99 clicks</small></div><div class=topic_content>{text}</div></div>"
            ),
            _ => format!(
                "<div class=cell id=r_{author}><strong><a class=dark href='/member/{author}'>{author}</a></strong>\
                 <span class=ago title='{time}'>1 day ago</span><div class=reply_content>{text}</div></div>"
            ),
        },
        "",
    );
    check("V2EX", &page);
    let page = read(
        "<h1><span component='topic/title'>Exports</span></h1><ul component=topic>",
        |author, time, text| {
            format!(
                "<li component=post data-pid=1 data-username={author}><span class=timeago title='{time}'></span>\
                 <div component='post/content'>{text}</div><div component='post/signature'>99 %</div></li>"
            )
        },
        "<blockquote>Exports rose.</blockquote>",
    );
    check("NodeBB", &page);
    let page = read(
        "<h1 class=DiscussionHero-title>Exports</h1><div class=PostStream>",
        |author, time, text| {
            format!(
                "<div class=PostStream-item><article class='CommentPost Post'><header class=Post-header><h3 class=PostUser-name>\
                 <span class=username>{author}</span></h3><time datetime='{time}'>x</time></header><div class=Post-body>{text}</div>\
                 </article></div>"
            )
        },
        "<blockquote>Exports rose.</blockquote>",
    );
    check("Flarum", &page);
    let page = read(
        "<h1 class=c-post__header__title>Exports</h1>",
        |author, time, text| {
            format!(
                "<section class=c-section><div class='c-section__main c-post'><div class=c-post__header__author>\
                 <a class=floor>1</a><a class=username>Nick</a><a class=userid>{author}</a></div><a class=edittime data-mtime='{time}'>\
                 x</a><div class=c-article__content>{text}</div></div></section>"
            )
        },
        "<blockquote>Exports rose.</blockquote>",
    );
    check("Bahamut", &page);
    let page = read(
        "<h3><span class=title_subject>Exports</span></h3>",
        |author, time, text| match author {
            "alice" => format!(
                "<div class=view_content_wrap><div class=gallview_head><div class=gall_writer><span class=nickname><em>{author}\
                 </em></span></div><span class=gall_date title='{time}'>x</span></div><div class=gallview_contents>\
                 <div class=write_div>{text}</div></div></div><div class=comment_box>"
            ),
            _ => format!(
                "<li class=ub-content><span class=gall_writer><span class=nickname><em>{author}</em></span></span>\
                 <p class=usertxt>{text}</p><span class=date_time>{time}</span></li>"
            ),
        },
        "",
    );
    check("DCInside", &page);
    let page = read(
        "<h1 id=threadtitle>Exports</h1>",
        |author, time, text| {
            format!(
                "<article class=post><span class=postid>1</span><span class=postusername><b>{author}</b></span>\
                 <span class=date>{time}</span><section class=post-content>{text}</section></article>"
            )
        },
        "",
    );
    check("5ch", &page);
}

#[test]
fn answers_of_an_interface_without_their_quotations() {
    let answer = r#"{"response":{"title":"Exports","item_data":[
        {"user_nickname":"alice","reply_time":1767989280,"msg":"Exports rose by a fifth."},
        {"user_nickname":"bob","reply_time":1767999280,"msg":"<blockquote>Exports rose by a fifth.</blockquote>I doubt it."}]}}"#;
    let (document, _) = page::read(answer.as_bytes(), &PageContext::default());
    assert_eq!((document.title.as_str(), document.authors.as_slice()), ("Exports", &["alice".to_owned()][..]));
    let comments = document.comments.expect("comments");
    assert_eq!((comments[0].author.as_str(), comments[0].text.as_str()), ("bob", "I doubt it."));
}

#[test]
fn a_post_that_a_page_holds_as_data() {
    let page = r#"<script type="application/ld+json">{"@type":"DiscussionForumPosting","headline":"Exports","datePublished":"2026-01-09T20:08:00Z",
        "author":{"@type":"Person","name":"alice"},"text":"Exports rose.","comment":{"@type":"Comment","text":"Did they?","author":{"name":"bob"}}}</script>
        <div>Exports rose.</div><div>bob</div><div>Did they?</div>"#;
    let (document, _) = page::read(page.as_bytes(), &PageContext::default());
    assert_eq!((document.kind, document.text.as_str()), (DocumentKind::Forum, "Exports\nExports rose.\n"));
    assert_eq!(document.comments.expect("comments")[0].text, "Did they?");
}
