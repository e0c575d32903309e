//! Pictures of each overlay, held against those in `tests/fixtures/overlays`. `REPLAYREEL_UPDATE=1` writes them anew; look at them before you commit them.

use std::path::PathBuf;

use super::*;
use crate::compose::{Bar, Keys, Mark, MarkKind, Note, NoteKind, Theme, decode_png};

/// A page with something on it: stripes, so that what shines through is seen.
fn page(width: u32, height: u32, theme: Theme) -> Frame {
    let mut frame = plain(width, height, 255);
    for y in 0..height {
        for x in 0..width {
            let stripe = (x / 24 + y / 24) % 2 == 0;
            let colour = match (theme, stripe) {
                (Theme::Dark, true) => [0xff, 0xff, 0xff],
                (Theme::Dark, false) => [0xec, 0xef, 0xf5],
                (Theme::Light, true) => [0x24, 0x28, 0x33],
                (Theme::Light, false) => [0x2c, 0x31, 0x3e],
            };
            let start = ((y * width + x) * 3) as usize;
            frame.pixels[start..start + 3].copy_from_slice(&colour);
        }
    }
    frame
}

fn held_against(name: &str, frame: &Frame) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/overlays").join(format!("{name}.png"));
    if std::env::var_os("REPLAYREEL_UPDATE").is_some() {
        let picture = image::RgbImage::from_raw(frame.width, frame.height, frame.pixels.clone()).unwrap();
        picture.save(&path).unwrap();
        return;
    }
    let golden = decode_png(&std::fs::read(&path).unwrap(), &mut Vec::new()).unwrap();
    assert_eq!((golden.width, golden.height), (frame.width, frame.height), "{name}");
    let worst = golden.pixels.iter().zip(&frame.pixels).map(|(a, b)| a.abs_diff(*b)).max().unwrap_or(0);
    assert_eq!(worst, 0, "{name} differs from {}", path.display());
}

fn bar() -> Bar {
    Bar {
        above: false,
        height: 36,
        title: Some("Checkout – Northwind Shop".to_owned()),
        url: Some("https://shop.example.com/checkout/payment?step=2".to_owned()),
        window: Some("Tab 2 of 3".to_owned()),
        idle: true,
        clock: Some("1:23".to_owned()),
        length: Some("5:37".to_owned()),
        wall: Some("14:03:22 CET".to_owned()),
        progress: Some(247),
        problems: vec![120, 245, 800],
    }
}

fn with_bar(bar: Bar) -> Overlay {
    Overlay { bar: Some(bar), ..Overlay::default() }
}

fn drawn(size: (u32, u32), scale: f64, theme: Theme, overlay: &Overlay) -> Frame {
    Painter::new(scale).with_boards(scale, theme).draw(&page(size.0, size.1, theme), overlay)
}

#[test]
fn a_bar_says_where_and_when_in_dark_and_light_and_at_twice_the_size() {
    held_against("bar-below-dark", &drawn((1280, 96), 1.0, Theme::Dark, &with_bar(bar())));
    let above = Bar { above: true, idle: false, ..bar() };
    held_against("bar-above-light", &drawn((1280, 96), 1.0, Theme::Light, &with_bar(above)));
    let twice = Bar { height: Bar::height_at(2.0), ..bar() };
    held_against("bar-twice", &drawn((1280, 144), 2.0, Theme::Dark, &with_bar(twice)));
}

#[test]
fn a_narrow_bar_leaves_out_what_matters_least() {
    held_against("bar-phone", &drawn((390, 96), 1.0, Theme::Dark, &with_bar(bar())));
    held_against("bar-tiny", &drawn((120, 60), 1.0, Theme::Dark, &with_bar(bar())));
}

#[test]
fn titles_are_set_in_the_scripts_of_the_world() {
    let titles = [
        ("Καλάθι – Оплата заказа – Đơn hàng", "greek-cyrillic-latin"),
        ("سلة التسوق – عربة", "arabic"),
        ("עגלת קניות", "hebrew"),
        ("购物车 – お買い物 – 장바구니", "cjk"),
        ("ตะกร้าสินค้า – खरीदारी की टोकरी", "thai-devanagari"),
        ("🛒 Cart 👩‍👩‍👧 🇩🇪 👍🏽 ✅", "emoji"),
    ];
    let mut sheet = plain(900, 36 * titles.len() as u32, 0);
    let mut painter = Painter::new(1.0);
    for (row, (title, name)) in titles.into_iter().enumerate() {
        let bar = Bar { title: Some(title.to_owned()), url: Some(format!("https://example.com/{name}")), ..bar() };
        let strip = painter.draw(&plain(900, 36, 0), &with_bar(bar));
        let start = row * strip.pixels.len();
        sheet.pixels[start..start + strip.pixels.len()].copy_from_slice(&strip.pixels);
    }
    held_against("scripts", &sheet);
}

fn note(kind: NoteKind, title: &str, text: &str, age_ms: f64) -> Note {
    Note { kind, title: title.to_owned(), text: text.to_owned(), age_ms }
}

fn notes() -> Vec<Note> {
    vec![
        note(NoteKind::Request, "Request failed", "500 POST https://shop.example.com/api/orders/4711/payment", 1500.0),
        note(NoteKind::Error, "Error", "TypeError: Cannot read properties of undefined (reading 'total')", 900.0),
        note(NoteKind::Click, "Rage click", "4 clicks on button “Pay now”", 400.0),
    ]
}

#[test]
fn notes_stand_in_a_corner_and_make_room_for_the_pointer() {
    let overlay = Overlay { notes: notes(), ..Overlay::default() };
    held_against("notes-dark", &drawn((800, 300), 1.0, Theme::Dark, &overlay));
    held_against("notes-light", &drawn((800, 300), 1.0, Theme::Light, &overlay));
    let pointer = Pointer { x: 100.0, y: 250.0, shape: CursorShape::Arrow, pressed: false };
    let moved = Overlay { pointer: Some(pointer), ..overlay };
    held_against("notes-moved", &drawn((800, 300), 1.0, Theme::Dark, &moved));
}

#[test]
fn a_note_is_there_at_once_and_fades_at_its_end() {
    let at = |age_ms| {
        let mut overlay = Overlay { notes: vec![note(NoteKind::Error, "Error", "x", age_ms)], ..Overlay::default() };
        overlay.prune();
        changed(&page(400, 200, Theme::Dark), &drawn((400, 200), 1.0, Theme::Dark, &overlay))
    };
    assert!(at(-1.0).is_none() && at(4000.0).is_none());
    assert!(at(0.0).is_some() && at(2000.0).is_some() && at(3900.0).is_some());
}

#[test]
fn keys_are_caps_on_a_tray() {
    let caps = ["Ctrl", "Shift", "K"].map(str::to_owned).to_vec();
    let overlay = Overlay { keys: Some(Keys { caps, age_ms: 100.0 }), ..Overlay::default() };
    held_against("keys-dark", &drawn((480, 140), 1.0, Theme::Dark, &overlay));
    held_against("keys-light", &drawn((480, 140), 1.0, Theme::Light, &overlay));
}

#[test]
fn a_cue_says_what_was_skipped() {
    for (theme, name) in [(Theme::Dark, "cue-dark"), (Theme::Light, "cue-light")] {
        let mut frame = page(480, 100, theme);
        let place = Place::of(&frame);
        Painter::new(1.0).with_boards(1.0, theme).draw_cue(&mut frame, "42 s skipped", place, 255);
        held_against(name, &frame);
    }
}

#[test]
fn a_page_that_does_not_fill_its_room_has_an_edge_and_keeps_its_pixels() {
    for (theme, name) in [(Theme::Dark, "backdrop-dark"), (Theme::Light, "backdrop-light")] {
        let mut frame = plain(480, 200, 0);
        frame.pixels.as_chunks_mut::<3>().0.fill(theme.backdrop());
        let place = Place { left: 120, top: 0, width: 240, height: 160 };
        for y in 0..160 {
            let start = (y * 480 + 120) * 3;
            frame.pixels[start..start + 240 * 3].fill(250);
        }
        let overlay = Overlay { page: Some(place), framed: true, ..Overlay::default() };
        let drawn = Painter::new(1.0).with_boards(1.0, theme).draw(&frame, &overlay);
        for y in 0..160 {
            assert!((120..360).all(|x| pixel(&drawn, x, y) == [250; 3]));
        }
        held_against(name, &drawn);
    }
}

#[test]
fn cursors_and_clicks_are_drawn_at_each_size() {
    let mut sheet = plain(480, 100, 255);
    for (place, scale) in [(60.0, 1.0), (190.0, 1.6), (360.0, 2.5)] {
        let overlay = Overlay {
            pointer: Some(Pointer { x: place, y: 40.0, shape: CursorShape::Arrow, pressed: false }),
            marks: vec![Mark { x: place, y: 40.0, kind: MarkKind::Click, age_ms: 180.0 }],
            ..Overlay::default()
        };
        sheet = Painter::new(scale).draw(&sheet, &overlay);
    }
    held_against("cursors", &sheet);
}

#[test]
fn clicks_tell_their_kinds_apart() {
    let kinds = [MarkKind::Click, MarkKind::RageClick, MarkKind::RightClick, MarkKind::DoubleClick];
    let marks = kinds.into_iter().zip([60.0, 160.0, 260.0, 360.0]);
    let marks = marks.map(|(kind, x)| Mark { x, y: 50.0, kind, age_ms: 230.0 });
    let overlay = Overlay { marks: marks.collect(), ..Overlay::default() };
    held_against("clicks", &drawn((420, 100), 1.5, Theme::Dark, &overlay));
}

#[test]
fn a_touch_and_its_drag_are_drawn() {
    let points = (0..12).map(|n| TrailPoint {
        x: 60.0 + f64::from(n) * 20.0,
        y: 60.0 + f64::from(n % 4) * 6.0,
        age_ms: 330.0 - f64::from(n) * 30.0,
    });
    let overlay = Overlay {
        marks: vec![Mark { x: 280.0, y: 78.0, kind: MarkKind::Touch, age_ms: 0.0 }],
        trails: vec![Trail { points: points.collect() }],
        ..Overlay::default()
    };
    held_against("touch", &drawn((360, 140), 1.0, Theme::Dark, &overlay));
}

#[test]
fn what_was_drawn_is_taken_off_again() {
    let overlay = Overlay {
        notes: notes(),
        keys: Some(Keys { caps: vec!["Esc".to_owned()], age_ms: 0.0 }),
        page: Some(Place { left: 100, top: 0, width: 600, height: 264 }),
        framed: true,
        bar: Some(bar()),
        ..Overlay::default()
    };
    let before = page(800, 300, Theme::Dark);
    let mut frame = before.clone();
    Painter::new(1.0).draw_into(&mut frame, &overlay).undo(&mut frame);
    assert_eq!(frame, before);
}

#[test]
fn texts_of_strangers_are_bounded_and_draw_something_or_nothing() {
    let mut lettering = crate::compose::Lettering::new();
    let style = crate::compose::TextStyle { size: 13.0, bold: false, colour: [0; 3] };
    let long = "W".repeat(1 << 20);
    for text in ["", " \t\n", "\u{202e}abc", "a\u{0}b", "\u{fdd0}", "e\u{301}\u{301}\u{301}", long.as_str()] {
        let line = lettering.line(text, style, 200.0);
        assert!(line.width <= 200.0, "{} is wider than it may be", text.len());
    }
    assert!(lettering.line(" ", style, 200.0).is_empty());
    let bad = crate::compose::TextStyle { size: f64::NAN, ..style };
    assert!(lettering.line("x", bad, 200.0).is_empty());
}
