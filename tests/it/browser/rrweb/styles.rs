//! Style sheets: of the document, made by script, and their rules one by one.

use serde_json::{Value, json};

use super::board::{Board, id_of};

/// Rules that turn a cell's content green.
fn green(selector: &str) -> String {
    format!("{selector} {{ background: green }}")
}

#[test]
fn style_sheets_and_their_rules_change_as_recorded() {
    let mut board = Board::new();
    let sheet = board.style("@media screen { .none { color: red } } .set { color: red } @supports (color: red) { @media all { .deep { color: red } } }");

    board.turning("a rule added", vec![]);
    let rule = green(&board.latest());
    board.change(1000, json!({"source": 8, "id": sheet, "adds": [{"rule": rule, "index": 0}]}));

    board.turning("a rule added beyond the end", vec![]);
    let rule = green(&board.latest());
    board.change(1000, json!({"source": 8, "id": sheet, "adds": [{"rule": rule, "index": 900}]}));

    board.turning("a rule added in a rule", vec![]);
    let rule = green(&board.latest());
    let nested = board.style("@media screen { .none { color: red } }");
    board.change(1000, json!({"source": 8, "id": nested, "adds": [{"rule": rule, "index": [0, 0]}]}));

    board.turning("a rule removed", vec![]);
    let place = board.latest();
    let two = board.style(&format!("{place} {{ background: red !important }} {}", green(&format!("{place}.cell"))));
    board.change(1000, json!({"source": 8, "id": two, "removes": [{"index": 0}]}));

    board.turning("a property set", vec![]);
    let place = board.latest();
    let declared = board.style(&format!("{place} {{ color: red }}"));
    board.change(
        1000,
        json!({"source": 13, "id": declared, "index": [0], "set": {"property": "background-color", "value": "green", "priority": "important"}}),
    );

    board.turning("a property set in a nested rule", vec![]);
    let place = board.latest();
    let declared = board.style(&format!("@media screen {{ @supports (color: red) {{ {place} {{ color: red }} }} }}"));
    board.change(
        1000,
        json!({"source": 13, "id": declared, "index": [0, 0, 0], "set": {"property": "background", "value": "green"}}),
    );

    board.turning("a property removed", vec![]);
    let place = board.latest();
    let declared = board.style(&format!("{place} {{ background: green }} {place}.cell {{ background: red }}"));
    board.change(1000, json!({"source": 13, "id": declared, "index": [1], "remove": {"property": "background"}}));

    board.standing("a property of a rule that is not there", vec![]);
    let place = board.latest();
    board.style(&green(&place));
    for index in [json!([99]), json!([0, 3]), json!([]), json!(null)] {
        board.change(
            1000,
            json!({"source": 13, "id": sheet, "index": index, "set": {"property": "color", "value": "red"}}),
        );
    }
    board
        .change(1000, json!({"source": 13, "id": 999_999, "index": [0], "set": {"property": "color", "value": "red"}}));

    board.turning("the text of a style changed", vec![]);
    let rule = green(&board.latest());
    let text = board.nodes.css(".none { color: red }");
    let id = id_of(&text);
    board.sheet(json!({}), vec![text]);
    board.mutate(1000, json!({"texts": [{"id": id, "value": rule}]}));

    // Text added to a style replaces rules that script inserted, as in the browser.
    board.turning("inserted rules go when text is added", vec![]);
    let place = board.latest();
    let text = board.nodes.css(&green(&format!("{place}.cell")));
    let style = board.sheet(json!({}), vec![text]);
    let loud = format!("{place} {{ background: red !important }}");
    board.change(10, json!({"source": 8, "id": style, "adds": [{"rule": loud}]}));
    let more = board.nodes.text(".none { color: red }");
    board.mutate(1000, json!({"adds": [{"parentId": style, "nextId": null, "node": more}]}));

    board.standing("media: screen", vec![]);
    let place = board.latest();
    let css = green(&place);
    board.sheet(json!({"media": "screen", "_cssText": css}), vec![]);
    board.sheet(json!({"media": "print", "_cssText": format!("{place} {{ background: red !important }}")}), vec![]);

    board.standing("_cssText of a link, with crossorigin and an @import that is not there", vec![]);
    let css = green(&board.latest());
    let link = json!({"rel": "stylesheet", "crossorigin": "anonymous", "href": "https://cdn.example/a.css", "_cssText": format!("@import url(\"https://cdn.example/b.css\"); {css}")});
    let link = board.nodes.leaf("link", link);
    board.head.push(link);

    board.turning("_cssText that comes later", vec![]);
    let css = green(&board.latest());
    let link = board.nodes.leaf("link", json!({"rel": "stylesheet", "href": "https://cdn.example/c.css"}));
    board.mutate(1000, json!({"attributes": [{"id": id_of(&link), "attributes": {"_cssText": css}}]}));
    board.head.push(link);

    let styles = [(); 2].map(|()| {
        let text = board.nodes.css(".none { color: red }");
        board.nodes.element("style", json!({}), vec![text])
    });
    let [first, second] = [id_of(&styles[0]), id_of(&styles[1])];
    let both = board.nodes.element("div", json!({}), styles.to_vec());
    let parent = id_of(&both);
    board.turning("inserted rules stay when another style moves before theirs", vec![both]);
    let rule = green(&board.latest());
    board.change(1000, json!({"source": 8, "id": first, "adds": [{"rule": rule}]}));
    let again = board.nodes.leaf("style", json!({}));
    let text = board.nodes.css(".none { color: red }");
    let moved = json!([{"parentId": parent, "nextId": first, "node": again}, {"parentId": id_of(&again), "nextId": null, "node": text}]);
    board.mutate(1100, json!({"removes": [{"parentId": parent, "id": second}], "adds": moved}));
    board.judge();
}

fn sheet(id: i64, rules: &[String]) -> Value {
    let rules: Vec<Value> =
        rules.iter().enumerate().map(|(index, rule)| json!({"rule": rule, "index": index})).collect();
    json!({"styleId": id, "rules": rules})
}

/// A shadow host with a block in its shadow.
fn host(board: &mut Board, attributes: Value) -> Value {
    let mut inner = board.fill(json!({"class": "inner", "style": "height: 40px"}));
    inner["isShadow"] = true.into();
    let css = board.nodes.css(".inner { width: 40px; height: 40px }");
    let mut style = board.nodes.element("style", json!({}), vec![css]);
    style["isShadow"] = true.into();
    let mut host = board.nodes.element("div", attributes, vec![style, inner]);
    host["isShadowHost"] = true.into();
    host
}

#[test]
fn style_sheets_made_by_script_are_worn_whatever_came_first() {
    let mut board = Board::new();
    let inner = green(".inner");

    board.turning("adopted by the document", vec![]);
    let rule = green(&board.latest());
    let document = board.nodes.last() + 10_000;
    board.document = json!({"id": document});
    board.change(1000, json!({"source": 15, "id": document, "styleIds": [1], "styles": [sheet(1, &[rule])]}));

    let shadow = host(&mut board, json!({}));
    let id = id_of(&shadow);
    board.turning("adopted by a shadow root", vec![shadow]);
    board.change(
        1000,
        json!({"source": 15, "id": id, "styleIds": [2], "styles": [sheet(2, std::slice::from_ref(&inner))]}),
    );

    let shadow = host(&mut board, json!({}));
    let id = id_of(&shadow);
    board.turning("shared with another root", vec![shadow]);
    board.change(1001, json!({"source": 15, "id": id, "styleIds": [2]}));

    let shadow = host(&mut board, json!({}));
    let id = id_of(&shadow);
    board.turning("adopted before its sheet came", vec![shadow]);
    board.change(1000, json!({"source": 15, "id": id, "styleIds": [4]}));
    board.change(
        1300,
        json!({"source": 15, "id": document, "styleIds": [1], "styles": [sheet(4, std::slice::from_ref(&inner))]}),
    );

    let shadow = host(&mut board, json!({}));
    let id = id_of(&shadow);
    let cell = board.turning("adopted before the shadow root came", vec![]);
    board.change(
        900,
        json!({"source": 15, "id": id, "styleIds": [5], "styles": [sheet(5, std::slice::from_ref(&inner))]}),
    );
    let (host_alone, children) = without_children(shadow);
    let mut adds = vec![json!({"parentId": cell, "nextId": null, "node": host_alone})];
    adds.extend(children.into_iter().map(|child| json!({"parentId": id, "nextId": null, "node": child})));
    board.mutate(1000, json!({"adds": adds}));

    // A second adoption stands, even if the sheets of the first come after it.
    let shadow = host(&mut board, json!({}));
    let id = id_of(&shadow);
    board.turning("a later adoption stands", vec![shadow]);
    board.change(900, json!({"source": 15, "id": id, "styleIds": [90]}));
    board.change(
        1000,
        json!({"source": 15, "id": id, "styleIds": [6], "styles": [sheet(6, std::slice::from_ref(&inner))]}),
    );
    let loud = ".inner { background: red !important }".to_owned();
    board.change(1200, json!({"source": 15, "id": document, "styleIds": [1], "styles": [sheet(90, &[loud])]}));

    for (feature, change, id) in [("replaced at once", "replaceSync", 7), ("replaced", "replace", 8)] {
        let shadow = host(&mut board, json!({}));
        let host = id_of(&shadow);
        board.turning(feature, vec![shadow]);
        let red = ".inner { background: red }".to_owned();
        board.change(10, json!({"source": 15, "id": host, "styleIds": [id], "styles": [sheet(id, &[red])]}));
        board.change(1000, json!({"source": 8, "styleId": id, change: inner}));
    }

    let shadow = host(&mut board, json!({}));
    let id = id_of(&shadow);
    board.turning("replaced by nothing, which shows the page's own", vec![shadow]);
    let place = board.latest();
    board.style(&format!("{place} > div {{ background: green }}"));
    let red = ".inner { background: red }".to_owned();
    board.change(10, json!({"source": 15, "id": id, "styleIds": [9], "styles": [sheet(9, &[red])]}));
    board.change(1000, json!({"source": 8, "styleId": 9, "replaceSync": ""}));

    let shadow = host(&mut board, json!({}));
    let id = id_of(&shadow);
    board.turning("a rule added, one removed, and a property set", vec![shadow]);
    let rules = [".inner { background: red !important }".to_owned(), ".inner { color: red }".to_owned()];
    board.change(10, json!({"source": 15, "id": id, "styleIds": [10], "styles": [sheet(10, &rules)]}));
    board.change(1000, json!({"source": 8, "styleId": 10, "removes": [{"index": 0}], "adds": []}));
    board.change(
        1001,
        json!({"source": 13, "styleId": 10, "index": [0], "set": {"property": "background", "value": "green"}}),
    );

    // Amplitude's recorder keeps them in the snapshot, the rules at one of the nodes that use them.
    let mut first = host(&mut board, json!({}));
    first["adoptedStyleSheets"] = json!([sheet(11, std::slice::from_ref(&inner))]);
    board.standing("in the snapshot", vec![first]);
    let mut second = host(&mut board, json!({}));
    second["adoptedStyleSheets"] = json!([{"styleId": 11, "rules": []}]);
    board.standing("in the snapshot, told at another node", vec![second]);

    // A sheet of one document cannot be worn in another: nothing happens, and nothing breaks.
    board.change(1250, json!({"source": 15, "id": 999_999, "styleIds": [1, 2], "styles": [sheet(12, &[inner])]}));
    board.judge();
}

fn without_children(mut node: Value) -> (Value, Vec<Value>) {
    let Value::Array(children) = std::mem::replace(&mut node["childNodes"], json!([])) else { return (node, vec![]) };
    (node, children)
}
