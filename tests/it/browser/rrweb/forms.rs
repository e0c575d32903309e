//! Forms: what was typed and chosen. Rules tell by `:valid` and `:checked` whether a field has the value that it should.

use serde_json::{Value, json};

use super::board::{Board, id_of};

const RULES: &str = "input, textarea, select { appearance: none; border-radius: 0; outline: 0; box-sizing: border-box }
    .valid { background: red; color: transparent } .valid:valid { background: green }
    .checked { background: red } .checked:checked { background: green }
    .swatch::-webkit-color-swatch-wrapper { padding: 0 } .swatch::-webkit-color-swatch { border: 0 }
    .range { width: 120px; margin-left: -80px; background: red }
    .range::-webkit-slider-thumb { appearance: none; width: 40px; height: 40px; background: green }";

/// A field in a cell of its own; its id.
fn field(board: &mut Board, feature: &str, tag: &str, attributes: Value, children: Vec<Value>) -> i64 {
    let field = board.nodes.element(tag, attributes, children);
    let id = id_of(&field);
    board.turning(feature, vec![field]);
    id
}

fn typed(board: &mut Board, id: i64, text: &str, checked: bool) {
    board.change(1000, json!({"source": 5, "id": id, "text": text, "isChecked": checked, "userTriggered": true}));
}

#[test]
fn fields_show_what_was_typed_and_chosen() {
    let mut board = Board::new();
    board.style(RULES);
    for (kind, text, pattern) in [
        ("text", "typed", "typed"),
        ("password", "***", "[*]{3}"),
        ("email", "a@b.example", ".*"),
        ("number", "42", ""),
        ("date", "2026-03-04", ""),
        ("time", "10:20", ""),
        ("search", "s", "s"),
    ] {
        let attributes = json!({"class": "fill valid", "type": kind, "required": "", "pattern": pattern});
        let id = field(&mut board, kind, "input", attributes, vec![]);
        typed(&mut board, id, text, false);
    }
    for kind in ["checkbox", "radio"] {
        let id = field(&mut board, kind, "input", json!({"class": "fill checked", "type": kind}), vec![]);
        typed(&mut board, id, "on", true);
    }
    let id = field(&mut board, "range", "input", json!({"class": "fill range", "type": "range", "value": "0"}), vec![]);
    typed(&mut board, id, "100", false);
    let colour = json!({"class": "fill swatch", "type": "color", "value": "#ff0000"});
    let id = field(&mut board, "colour", "input", colour, vec![]);
    typed(&mut board, id, "#008000", false);
    let id = field(&mut board, "textarea", "textarea", json!({"class": "fill valid", "required": ""}), vec![]);
    typed(&mut board, id, "lines\nof text", false);

    let options = ["", "b"].map(|value| board.nodes.leaf("option", json!({"value": value})));
    let select = json!({"class": "fill valid", "required": ""});
    let id = field(&mut board, "select", "select", select, options.to_vec());
    typed(&mut board, id, "b", false);

    // What stands in the attribute is not what stands in the field once something was typed.
    let attributes = json!({"class": "fill valid", "required": "", "pattern": "typed", "value": "from the server"});
    let id = field(&mut board, "value and attribute", "input", attributes, vec![]);
    typed(&mut board, id, "typed", false);
    board.mutate(1100, json!({"attributes": [{"id": id, "attributes": {"value": "again from the server"}}]}));

    let text = board.nodes.text(" ");
    let id = id_of(&text);
    let editable = json!({"class": "fill", "contenteditable": "true", "style": "font-size: 80px; line-height: 40px; color: green; outline: 0"});
    field(&mut board, "contenteditable", "div", editable, vec![text]);
    board.mutate(1000, json!({"texts": [{"id": id, "value": "\u{2588}\u{2588}"}]}));

    // Of the snapshot.
    let standing: [(&str, &str, Value); 4] = [
        (
            "value in the snapshot",
            "input",
            json!({"class": "fill valid", "pattern": "here", "required": "", "value": "here"}),
        ),
        ("checked in the snapshot", "input", json!({"class": "fill checked", "type": "checkbox", "checked": true})),
        (
            "text of a textarea, told as value and as child",
            "textarea",
            json!({"class": "fill valid", "required": "", "value": "told", "maxlength": "4"}),
        ),
        (
            "a masked value",
            "input",
            json!({"class": "fill valid", "pattern": "[*]{4}", "required": "", "value": "****"}),
        ),
    ];
    for (feature, tag, attributes) in standing {
        let children = if tag == "textarea" { vec![board.nodes.text("a duplicate that is too long")] } else { vec![] };
        let field = board.nodes.element(tag, attributes, children);
        board.standing(feature, vec![field]);
    }
    let options = [("a", Value::Bool(false)), ("b", true.into()), ("c", true.into())]
        .map(|(value, selected)| board.nodes.leaf("option", json!({"value": value, "selected": selected})));
    board.style(".many:has(option[value=b]:checked):has(option[value=c]:checked):not(:has(option[value=a]:checked)) { background: green !important; color: transparent } .many option { background: green !important; color: transparent }");
    let select = board.nodes.element("select", json!({"class": "fill many", "multiple": ""}), options.to_vec());
    board.standing("several chosen", vec![select]);
    board.judge();
}
