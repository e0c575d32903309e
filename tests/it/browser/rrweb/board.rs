//! The board: a page of cells, 40 CSS px wide and high, eight in a row.

use std::fmt::Write as _;

use image::{Rgb, RgbImage};
use serde_json::{Value, json};

use crate::kit::{Report, Workshop, open};
use crate::program::recording::{HEIGHT, Nodes, WIDTH, event, json_of, meta, snapshot};

pub(super) const RED: Rgb<u8> = Rgb([255, 0, 0]);
pub(super) const GREEN: Rgb<u8> = Rgb([0, 128, 0]);
pub(super) const WHITE: Rgb<u8> = Rgb([255, 255, 255]);

/// Before and after the changes, which happen at 1000 to 1300 ms; session time.
pub(super) const BEFORE: &str = "500ms";
pub(super) const AFTER: &str = "1500ms";

const CELL: u32 = 40;
const COLUMNS: u32 = WIDTH / CELL;

/// What every page of ours begins with.
const BASE: &str = "html, body { margin: 0; background: white; font: 16px/20px Arial }
    .cell { position: absolute; width: 40px; height: 40px; overflow: hidden; background: red }
    .fill { display: block; width: 40px; height: 40px; margin: 0; padding: 0; border: 0 }
    .good { background: green }";

pub(super) struct Board {
    pub(super) nodes: Nodes,
    pub(super) head: Vec<Value>,
    cells: Vec<(String, bool)>,
    body: Vec<Value>,
    pub(super) changes: Vec<Value>,
    /// Attributes of the document node: `compatMode`, adopted sheets.
    pub(super) document: Value,
}

impl Board {
    pub(super) fn new() -> Self {
        let mut board = Self {
            nodes: Nodes::default(),
            head: Vec::new(),
            cells: Vec::new(),
            body: Vec::new(),
            changes: Vec::new(),
            document: json!({}),
        };
        board.style(BASE);
        board
    }

    /// A `<style>` in the head; its id.
    pub(super) fn style(&mut self, css: &str) -> i64 {
        let text = self.nodes.css(css);
        self.sheet(json!({}), vec![text])
    }

    pub(super) fn sheet(&mut self, attributes: Value, text: Vec<Value>) -> i64 {
        let style = self.nodes.element("style", attributes, text);
        let id = id_of(&style);
        self.head.push(style);
        id
    }

    /// A cell that is red before the changes and green after them; its id.
    pub(super) fn turning(&mut self, feature: &str, content: Vec<Value>) -> i64 {
        self.cell(feature, false, content)
    }

    /// A cell that is green throughout; its id.
    pub(super) fn standing(&mut self, feature: &str, content: Vec<Value>) -> i64 {
        self.cell(feature, true, content)
    }

    fn cell(&mut self, feature: &str, stands: bool, content: Vec<Value>) -> i64 {
        let index = self.cells.len() as u32;
        let (x, y) = (index % COLUMNS * CELL, index / COLUMNS * CELL);
        assert!(y + CELL <= HEIGHT, "the board is full");
        self.cells.push((feature.to_owned(), stands));
        let attributes = json!({"class": "cell", "id": format!("c{index}"), "style": format!("left:{x}px;top:{y}px")});
        let cell = self.nodes.element("div", attributes, content);
        let id = id_of(&cell);
        self.body.push(cell);
        id
    }

    /// The cell's selector.
    pub(super) fn latest(&self) -> String {
        format!("#c{}", self.cells.len() - 1)
    }

    /// A block as large as a cell; green with the class `good`.
    pub(super) fn fill(&mut self, attributes: Value) -> Value {
        let mut attributes = attributes;
        if attributes["class"].is_null() {
            attributes["class"] = "fill".into();
        }
        self.nodes.leaf("div", attributes)
    }

    pub(super) fn change(&mut self, at: i64, data: Value) {
        self.changes.push(event(3, at, data));
    }

    /// A mutation; lists that are not given are empty.
    pub(super) fn mutate(&mut self, at: i64, data: Value) {
        let mut whole = json!({"source": 0, "texts": [], "attributes": [], "removes": [], "adds": []});
        for (name, value) in data.as_object().unwrap() {
            whole[name] = value.clone();
        }
        self.change(at, whole);
    }

    /// The recording, with its document's id.
    pub(super) fn events(&mut self) -> Vec<Value> {
        let head = std::mem::take(&mut self.head);
        let body = std::mem::take(&mut self.body);
        let mut page = self.nodes.document(head, json!({}), body);
        for (name, value) in self.document.as_object().unwrap() {
            page[name] = value.clone();
        }
        let mut events = vec![meta(0, WIDTH, HEIGHT), snapshot(0, &page)];
        self.changes.sort_by_key(|change| change["timestamp"].as_i64());
        events.append(&mut self.changes);
        // Something that keeps the recording as long as the last look at it.
        events.push(event(5, 2000, json!({"tag": "end", "payload": {}})));
        events
    }

    /// Renders it and looks at all cells, before the changes and after them.
    pub(super) fn judge(mut self) -> (Report, Vec<RgbImage>) {
        let events = self.events();
        let (report, pictures) = show(&events, &[BEFORE, AFTER], "");
        let mut wrong = String::new();
        for (index, (feature, stands)) in self.cells.iter().enumerate() {
            let index = index as u32;
            let (x, y) = (index % COLUMNS * CELL + CELL / 2, index / COLUMNS * CELL + CELL / 2);
            for (picture, when, good) in [(&pictures[0], BEFORE, *stands), (&pictures[1], AFTER, true)] {
                let (found, wanted) = (*picture.get_pixel(x, y), if good { GREEN } else { RED });
                if found != wanted {
                    let _ = writeln!(wrong, "{feature} at {when}: {:?}, not {:?}", found.0, wanted.0);
                }
            }
        }
        assert!(wrong.is_empty(), "{wrong}{:?}", report.warnings);
        (report, pictures)
    }
}

/// Stills of a recording at these moments.
pub(super) fn show(events: &[Value], moments: &[&str], arguments: &str) -> (Report, Vec<RgbImage>) {
    let workshop = Workshop::new();
    let recording = workshop.path("board.json");
    std::fs::write(&recording, json_of(events)).unwrap();
    let name = |index: usize| format!("{index}.png");
    let stills: Vec<String> =
        moments.iter().enumerate().map(|(index, at)| format!("--still {at}={}", name(index))).collect();
    let report = workshop.render(&recording, &format!("--cursor off {arguments} {}", stills.join(" ")));
    let pictures: Vec<RgbImage> = (0..moments.len()).map(|index| open(&workshop.path(&name(index)))).collect();
    if let Some(folder) = std::env::var_os("KEEP_BOARDS") {
        for (index, picture) in pictures.iter().enumerate() {
            let test = std::thread::current().name().unwrap_or("test").replace("::", "-");
            crate::kit::save(picture, &std::path::Path::new(&folder).join(format!("{test}-{index}.png")));
        }
    }
    (report, pictures)
}

pub(super) fn id_of(node: &Value) -> i64 {
    node["id"].as_i64().unwrap()
}

/// A picture of one colour as a data URL.
pub(super) fn plain_picture(colour: &str) -> String {
    format!(
        "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' width='40' height='40'%3E%3Crect width='40' height='40' fill='{colour}'/%3E%3C/svg%3E"
    )
}
