//! What stands around the events: the person, names, and the resources of a package.

use bytes::Bytes;
use serde_json::Value;

use super::Place;
use super::rewrite::is_text;
use super::text::Redactor;
use crate::assets::{Asset, Assets, scan};
use crate::package::{Manifest, Opened};

/// Redacts all of `opened` but its events.
///
/// `before`: what the recording referred to.
pub(super) fn around(opened: &mut Opened, before: &scan::References, redactor: &mut Redactor<'_, '_>) {
    let Opened { recording, assets, files, manifest, .. } = opened;
    if let Some(person) = &mut recording.person {
        json(person, Place::Person, redactor);
    }
    let names = recording.windows.iter_mut().map(|window| &mut window.id).chain(&mut recording.session_id);
    for name in names.chain(files.iter_mut().map(|file| &mut file.name)) {
        text(name, Place::Names, redactor);
    }
    if let Some(manifest) = manifest {
        around_package(manifest, redactor);
    }
    if !assets.is_empty() {
        *assets = resources(assets, before, &scan::recording(recording), redactor);
    }
}

fn around_package(manifest: &mut Manifest, redactor: &mut Redactor<'_, '_>) {
    let mut properties = Value::Object(std::mem::take(&mut manifest.session.properties));
    json(&mut properties, Place::Person, redactor);
    if let Value::Object(properties) = properties {
        manifest.session.properties = properties;
    }
    for file in &mut manifest.source.files {
        text(&mut file.name, Place::Names, redactor);
    }
    for repair in &mut manifest.repairs {
        text(&mut repair.message, Place::Names, redactor);
    }
}

fn text(text: &mut String, place: Place, redactor: &mut Redactor<'_, '_>) {
    if let Some(changed) = redactor.text(text, place, None, &[]) {
        *text = changed;
    }
}

fn json(value: &mut Value, place: Place, redactor: &mut Redactor<'_, '_>) {
    let changed = redactor.json(&value.to_string(), place).and_then(|text| serde_json::from_str(&text).ok());
    if let Some(changed) = changed {
        *value = changed;
    }
}

/// What a recording with resources refers to.
pub(super) fn referred(opened: &Opened) -> scan::References {
    if opened.assets.is_empty() { scan::References::new() } else { scan::recording(&opened.recording) }
}

/// The resources under the addresses that the recording has for them now, without those that only covered and removed elements showed.
fn resources(
    assets: &Assets,
    before: &scan::References,
    after: &scan::References,
    redactor: &mut Redactor<'_, '_>,
) -> Assets {
    let mut redacted = Assets::default();
    for (url, asset) in assets.iter() {
        let new = redactor.text(url, Place::Urls, None, &[]);
        let new = new.as_deref().unwrap_or(url);
        if !before.contains_key(url) || after.contains_key(new) {
            redacted.insert(new, resource(asset, redactor));
        }
    }
    redacted
}

/// A resource that is text is redacted as text.
fn resource(asset: &Asset, redactor: &mut Redactor<'_, '_>) -> Asset {
    let kind = asset.content_type.to_ascii_lowercase();
    let text = std::str::from_utf8(&asset.bytes).ok().filter(|_| is_text(&kind) || kind.is_empty());
    let place = if kind.contains("css") { Place::Styles } else { Place::Assets };
    let changed = text.and_then(|text| match place {
        Place::Styles => redactor.css(text, None),
        place => redactor.text(text, place, None, &[]),
    });
    match changed {
        Some(text) => Asset { content_type: asset.content_type.clone(), bytes: Bytes::from(text) },
        None => asset.clone(),
    }
}
