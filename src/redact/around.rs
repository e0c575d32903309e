//! What stands around the events: the person, names, and the resources of a package.

use bytes::Bytes;
use serde_json::Value;

use super::Place;
use super::text::Redactor;
use crate::assets::{Asset, Assets, scan};
use crate::package::{Manifest, Opened};
use crate::recording::Recording;

/// Redacts all of `opened` but its events.
pub(super) fn around(opened: &mut Opened, redactor: &mut Redactor<'_, '_>) {
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
    *assets = resources(assets, recording, redactor);
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

/// The resources that the recording still refers to, under the addresses that it now has for them, and those it never referred to by name.
fn resources(assets: &Assets, recording: &Recording, redactor: &mut Redactor<'_, '_>) -> Assets {
    let mut redacted = Assets::default();
    if assets.is_empty() {
        return redacted;
    }
    let referred = scan::recording(recording);
    for (url, asset) in assets.iter() {
        let new = redactor.text(url, Place::Urls, None, &[]);
        let url = new.as_deref().unwrap_or(url);
        let gone = redactor.gone.contains(url) && !referred.contains_key(url);
        if !gone {
            redacted.insert(url, resource(asset, redactor));
        }
    }
    redacted
}

/// A resource that is text is redacted as text.
fn resource(asset: &Asset, redactor: &mut Redactor<'_, '_>) -> Asset {
    let kind = asset.content_type.to_ascii_lowercase();
    let is_text = kind.starts_with("text/") || ["svg", "xml", "json", "javascript"].iter().any(|text| kind.contains(text));
    let text = std::str::from_utf8(&asset.bytes).ok().filter(|_| is_text || kind.is_empty());
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
