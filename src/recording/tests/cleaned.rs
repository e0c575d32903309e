use super::*;
use crate::recording::{Event, EventKind, Viewport};

fn adds(at: u64, adds: impl Into<Value>) -> Value {
    increment(at, json!({"source": 0, "texts": [], "attributes": [], "removes": [], "adds": adds.into()}))
}

fn json_of(event: &Event) -> Result<Value, serde_json::Error> {
    serde_json::from_slice(&event.json)
}

#[test]
fn an_upload_made_twice_is_dropped_as_a_whole_but_to_and_fro_is_not() -> Outcome {
    let class = |name: &str| {
        increment(
            5,
            json!({"source": 0, "texts": [], "removes": [], "adds": [], "attributes": [{"id": 1, "attributes": {"class": name}}]}),
        )
    };
    let (on, off) = (class("on"), class("off"));
    let twice = [meta(0), full(0), meta(0), full(0), on.clone(), off.clone(), on.clone(), off.clone()];
    let recording = read_events(&twice)?;
    assert_eq!(recording.windows[0].events.len(), 4);
    assert_eq!(repairs(&recording), [(RepairKind::Duplicate, 4, Some(2))]);

    let to_and_fro = read_events(&[meta(0), full(0), on.clone(), off, on])?;
    assert_eq!((to_and_fro.windows[0].events.len(), to_and_fro.repairs.len()), (5, 0));
    Ok(())
}

#[test]
fn a_repeated_run_keeps_what_does_more_if_done_twice() -> Outcome {
    let rule = increment(5, json!({"source": 8, "id": 4, "removes": [{"index": 0}]}));
    let recording = read_events(&[meta(0), full(0), scroll(5), rule.clone(), scroll(5), rule])?;
    assert_eq!(recording.windows[0].events.len(), 5);
    assert_eq!(repairs(&recording), [(RepairKind::Duplicate, 1, Some(4))]);
    Ok(())
}

#[test]
fn a_delay_beside_the_data_makes_no_other_event() -> Outcome {
    let recording = read_events(&[meta(0), full(0), scroll(3), with(scroll(3), "delay", 12)])?;
    assert_eq!(repairs(&recording), [(RepairKind::Duplicate, 1, Some(3))]);
    Ok(())
}

#[test]
fn every_full_snapshot_without_a_meta_event_gets_one_of_what_holds_in_its_window() -> Outcome {
    let resize = increment(20, json!({"source": 4, "width": 500, "height": 400}));
    let other = with(full(15), "windowId", "b");
    let in_a = [meta(0), full(1), full(10), resize, full(30), meta(40), full(40)];
    let in_a: Vec<Value> = in_a.into_iter().map(|event| with(event, "windowId", "a")).collect();
    let recording = read_events(&[in_a, vec![other]].concat())?;
    let window = &recording.windows[0];
    let sizes: Vec<(f64, Viewport)> = window
        .events
        .iter()
        .filter_map(|event| match event.kind {
            EventKind::Meta { viewport, .. } => Some((event.at.millis(), viewport)),
            _ => None,
        })
        .collect();
    let (large, small) = (Viewport { width: 800, height: 600 }, Viewport { width: 500, height: 400 });
    assert_eq!(sizes, [(0.0, large), (10.0, large), (30.0, small), (40.0, large)]);
    let made = json_of(&window.events[2])?;
    assert_eq!(
        made,
        json!({"type": 4, "data": {"href": "https://example.org/", "width": 800, "height": 600}, "timestamp": T0 + 10})
    );
    assert_eq!(window.events[3].kind, EventKind::FullSnapshot);
    let Viewport { width, height } = Viewport::FALLBACK;
    assert_eq!(
        repairs(&recording),
        [
            (RepairKind::MetaSynthesised { window: "b".to_owned(), width, height }, 1, Some(7)),
            (RepairKind::MetaRepeated { window: "a".to_owned() }, 2, Some(2)),
        ]
    );
    Ok(())
}

#[test]
fn nodes_of_extensions_are_emptied_and_their_places_kept() -> Outcome {
    let element = |id: u64, tag: &str, attributes: Value, children: Vec<Value>| json!({"type": 2, "tagName": tag, "attributes": attributes, "childNodes": children, "id": id});
    let frame = element(7, "iframe", json!({"src": "chrome-extension://abcdef/panel.html"}), vec![]);
    let nested = element(
        8,
        "div",
        json!({"id": "dji-sru"}),
        vec![element(9, "img", json!({"src": "moz-extension://x/a.png"}), vec![])],
    );
    let named = element(10, "aitopia-panel", json!({}), vec![json!({"type": 3, "textContent": "ask me", "id": 11})]);
    let link = element(12, "a", json!({"href": "chrome-extension://abcdef/help.html"}), vec![]);
    let query = element(13, "img", json!({"src": "https://example.org/?from=chrome-extension://abcdef"}), vec![]);
    let text = json!({"type": 3, "textContent": "\"src\":\"chrome-extension://abcdef\" \\", "id": 14});
    let body = element(
        6,
        "body",
        json!({"id": "aitopia-host"}),
        vec![frame.clone(), nested, named, link.clone(), query.clone(), text.clone()],
    );
    let page = json!({"node": {"type": 0, "childNodes": [element(5, "html", json!({}), vec![body])], "id": 1}, "initialOffset": {"top": 0, "left": 0}});
    let later = adds(
        3,
        json!([{"parentId": 6, "nextId": 7, "node": element(20, "link", json!({"rel": "stylesheet", "href": "safari-web-extension://x/a.css"}), vec![])}]),
    );
    let plain = increment(
        4,
        json!({"source": 0, "texts": [{"id": 14, "value": "chrome-extension://none"}], "attributes": [], "removes": [], "adds": []}),
    );
    let recording = read_events(&[meta(0), with(full(1), "data", page), later, plain.clone()])?;
    assert_eq!(repairs(&recording), [(RepairKind::ExtensionNodes, 4, Some(1))]);

    let events = &recording.windows[0].events;
    let empty = |id: u64| element(id, "template", json!({}), vec![]);
    let body = json_of(&events[1])?["data"]["node"]["childNodes"][0]["childNodes"][0].clone();
    assert_eq!(body["childNodes"], json!([empty(7), empty(8), empty(10), link, query, text]));
    let added = json_of(&events[2])?;
    assert_eq!(added["data"]["adds"], json!([{"parentId": 6, "nextId": 7, "node": empty(20)}]));
    assert_eq!(json_of(&events[3])?, plain);
    Ok(())
}

#[test]
fn a_page_nested_without_end_is_searched_for_extensions_all_the_same() -> Outcome {
    let depth = 100_000;
    let open = r#"{"type":2,"tagName":"div","attributes":{},"childNodes":["#.repeat(depth);
    let close = r#"],"id":9}"#.repeat(depth);
    let inner = r#"{"type":2,"tagName":"img","attributes":{"src":"chrome-extension://a/b"},"childNodes":[],"id":7}"#;
    let text = format!(r#"[{{"type":2,"data":{{"node":{open}{inner}{close}}},"timestamp":{T0}}}]"#);
    let recording = read(text)?;
    assert!(
        recording.repairs.iter().any(|repair| repair.kind == RepairKind::ExtensionNodes),
        "{:?}",
        recording.repairs
    );
    Ok(())
}

#[test]
fn a_mutation_of_too_many_nodes_is_split_so_that_each_part_can_be_placed() -> Outcome {
    let node = |id: u64| json!({"type": 2, "tagName": "div", "attributes": {}, "childNodes": [], "id": id});
    // Written the wrong way round: 10 before its next sibling 11, and both before their parent 12.
    let list = json!([
        {"parentId": 12, "nextId": 11, "node": node(10)},
        {"parentId": 12, "nextId": null, "node": node(11)},
        {"parentId": 1, "nextId": 2, "node": node(12)},
        {"parentId": 1, "nextId": 12, "node": node(13)},
        {"parentId": 13, "nextId": null, "node": node(14)},
    ]);
    let mutation = increment(
        5,
        json!({"source": 0, "isAttachIframe": true, "texts": [{"id": 14, "value": "t"}], "attributes": [{"id": 10, "attributes": {"a": "b"}}], "removes": [{"parentId": 1, "id": 3}], "adds": list}),
    );
    let limits = Limits { mutation_adds: 2, ..Limits::default() };
    let recording = open(json!([meta(0), full(0), mutation]).to_string(), &limits)?;
    assert_eq!(repairs(&recording), [(RepairKind::MutationSplit, 1, Some(2))]);

    let parts: Vec<Value> = recording.windows[0].events[2..].iter().map(json_of).collect::<Result<_, _>>()?;
    let ids: Vec<Vec<u64>> = parts
        .iter()
        .map(|part| {
            part["data"]["adds"].as_array().into_iter().flatten().filter_map(|add| add["node"]["id"].as_u64()).collect()
        })
        .collect();
    assert_eq!(ids, [vec![12, 11], vec![10, 13], vec![14]]);
    let lengths =
        |name: &str| parts.iter().map(|part| part["data"][name].as_array().map_or(0, Vec::len)).collect::<Vec<_>>();
    assert_eq!(
        (lengths("removes"), lengths("texts"), lengths("attributes")),
        (vec![1, 0, 0], vec![0, 0, 1], vec![0, 0, 1])
    );
    for part in &parts {
        assert_eq!(
            (&part["data"]["source"], &part["data"]["isAttachIframe"], &part["timestamp"]),
            (&json!(0), &json!(true), &json!(T0 + 5))
        );
    }
    Ok(())
}

#[test]
fn five_thousand_nodes_stay_together_and_one_more_does_not() -> Outcome {
    for (count, parts) in [(5000, 1), (5001, 2)] {
        let list: Vec<Value> = (0..count)
            .map(|id| json!({"parentId": 1, "nextId": null, "node": {"type": 3, "textContent": "", "id": 10 + id}}))
            .collect();
        let recording = read_events(&[meta(0), full(0), adds(5, list)])?;
        assert_eq!(recording.windows[0].events.len(), 2 + parts);
    }
    Ok(())
}

#[test]
fn nodes_that_wait_for_each_other_in_a_circle_are_split_all_the_same() -> Outcome {
    let node = |id: u64, parent: u64, next: u64| json!({"parentId": parent, "nextId": next, "node": {"type": 3, "textContent": "", "id": id}});
    let limits = Limits { mutation_adds: 1, ..Limits::default() };
    let list = json!([node(2, 3, 4), node(3, 4, 2), node(4, 2, 3)]);
    let recording = open(json!([meta(0), full(0), adds(1, list)]).to_string(), &limits)?;
    assert_eq!(recording.windows[0].events.len(), 5);
    Ok(())
}

#[test]
fn a_breadcrumb_whose_time_is_in_seconds_stands_where_it_happened() -> Outcome {
    let breadcrumb = json!({"type": 5, "timestamp": (T0 + 500) as f64 / 1000.0, "data": {"tag": "breadcrumb", "payload": {"timestamp": T0 as f64 / 1000.0}}});
    let recording = read_events(&[meta(0), full(0), breadcrumb.clone(), scroll(900)])?;
    assert_eq!(times(&recording), [[0.0, 0.0, 500.0, 900.0]]);
    assert_eq!(repairs(&recording), [(RepairKind::SecondsTimestamp, 1, Some(2))]);
    assert_eq!(json_of(&recording.windows[0].events[2])?["timestamp"].as_f64(), Some((T0 + 500) as f64));
    // A made-up clock that starts at zero is no clock in seconds.
    let zero = [with(meta(0), "timestamp", 0), with(full(0), "timestamp", 1), with(breadcrumb, "timestamp", 5)];
    assert_eq!(times(&read_events(&zero)?), [[0.0, 1.0, 5.0]]);
    Ok(())
}
