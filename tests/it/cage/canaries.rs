//! Where the attacks of the tables want to go, and the recordings that are made of them. What runs paints the page red; what loads comes to the listener, asks for
//! a name, or shows a red file.

use std::net::SocketAddr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::{Value, json};

use super::attacks::{COMMANDS, ELEMENTS, HANDLED, HANDLERS, RELATIONS, STYLES};
use super::markup::{self, Later};
use crate::program::Room;
use crate::program::recording::Nodes;

/// Where the canaries want to go.
pub(crate) struct Site {
    address: SocketAddr,
    /// URL of the red files, without an extension.
    file: String,
}

/// In these places canaries go by a name that has to be looked up, rather than by an address.
const BY_NAME: [&str; 2] = ["head", "added"];

const SCRIPT: &str = "for (const w of [self, parent, top]) try { const d = w.document; const e = d.createElement(`div`); \
     e.style.cssText = `position:fixed;inset:0;background:red;z-index:2147483647`; d.documentElement.append(e); d.title = `red` } catch {}; \
     new Image().src = `@URL`; fetch(`@URL`); navigator.sendBeacon(`@URL`); new WebSocket(`@WS`)";

const PAGE: &str = "<body style='background:red'><script>@SCRIPT</script><img src=@URL>";

const SVG: &str = "<svg xmlns='http://www.w3.org/2000/svg' xmlns:x='http://www.w3.org/1999/xlink' id='x' width='9' height='9' onload='@SCRIPT'><script>@SCRIPT</script>\
     <style>@import '@URL';</style><image href='@URL' x:href='@URL' width='9' height='9' onerror='@SCRIPT'/><use href='@URL#x'/>\
     <foreignObject width='9' height='9'><iframe xmlns='http://www.w3.org/1999/xhtml' src='@URL'/></foreignObject></svg>";

impl Site {
    pub(crate) fn new(address: SocketAddr, room: &Room) -> Self {
        let red = image::RgbImage::from_pixel(200, 200, image::Rgb([255, 0, 0]));
        red.save(room.path().join("red.png")).unwrap();
        room.file("red.css", "* { background: red !important }");
        room.file("red.js", "document.body.style.background = 'red'");
        room.file("red.html", "<body style='background: red'>");
        room.file("red.svg", "<svg xmlns='http://www.w3.org/2000/svg'><linearGradient id='x'><stop stop-color='red'/></linearGradient></svg>");
        Self { address, file: format!("file://{}/red", room.path().display()) }
    }

    /// What a canary of this name is called in this place, without its scheme.
    pub(super) fn host(&self, place: &str, name: &str) -> String {
        let name = name.replace(' ', "-");
        if BY_NAME.contains(&place) {
            format!("{name}.{place}.canary.example:{}/{place}/{name}", self.address.port())
        } else {
            format!("{}/{place}/{name}", self.address)
        }
    }

    /// A line of a table, with one canary for all of it.
    pub(super) fn fill(&self, line: &str, place: &str, name: &str) -> String {
        let host = self.host(place, name);
        let line = line.replace("@SCRIPT", SCRIPT).replace("@JS", &format!("javascript:{SCRIPT};void 0"));
        let encoded = |what: &str, kind: &str| {
            format!("data:{kind};base64,{}", BASE64.encode(self.plain(&what.replace("@SCRIPT", SCRIPT), &host)))
        };
        let line = line.replace("@PAGE", &encoded(PAGE, "text/html")).replace("@SVG", &encoded(SVG, "image/svg+xml"));
        self.plain(&line, &host)
    }

    fn plain(&self, line: &str, host: &str) -> String {
        line.replace("@URL", &format!("http://{host}"))
            .replace("@HOST", host)
            .replace("@WS", &format!("ws://{host}"))
            .replace("@ADDRESS", &self.address.to_string())
            .replace("@FILE", &self.file)
    }

    /// The elements of every attack, as they would be written in this place: its name, and the line.
    pub(super) fn elements(&self, place: &str) -> Vec<(String, String)> {
        let written = |name: &str, line: &str| (name.to_owned(), self.fill(line, place, name));
        let mut all: Vec<(String, String)> = ELEMENTS.iter().map(|(name, line)| written(name, line)).collect();
        for relation in RELATIONS {
            let line = format!("<link rel='{relation}' href=@URL as=image crossorigin>");
            all.push(written(&format!("link-{}", relation.replace(' ', "-")), &line));
        }
        for tag in HANDLED {
            let name = format!("handlers-{tag}");
            let handlers: Vec<String> = HANDLERS
                .iter()
                .map(|event| format!("{event}='{}'", self.fill("@SCRIPT", place, &format!("{name}-{event}"))))
                .collect();
            let line = format!(
                "<{tag} autofocus tabindex=0 class=canary src=@URL style='animation: canary 50ms; transition: all 50ms' {}>",
                handlers.join(" ")
            );
            all.push(written(&name, &line));
        }
        all
    }

    /// The attacks of this place as recorders have them. With `later`, their attributes and texts are put there instead.
    pub(super) fn nodes(&self, place: &str, nodes: &mut Nodes, mut later: Option<&mut Later>) -> Vec<Value> {
        let mut built = Vec::new();
        for (_, line) in self.elements(place) {
            for one in markup::read(&line) {
                built.push(one.node(nodes, false, later.as_deref_mut()));
            }
        }
        built
    }

    /// Events that bring styles by other ways than elements do. `style` is the id of a `<style>`, `any` of some element.
    pub(super) fn style_changes(&self, style: i64, any: i64) -> Vec<Value> {
        let ids = |line: &str| line.replace("STYLE", &style.to_string()).replace("ANY", &any.to_string());
        STYLES.iter().map(|(name, line)| of_json(&ids(&self.fill(line, "styles", name)))).collect()
    }

    /// Drawing commands.
    pub(super) fn commands(&self) -> Vec<Value> {
        COMMANDS.iter().map(|(name, line)| of_json(&self.fill(line, "commands", name))).collect()
    }

    /// How many attacks there are, wherever they stand.
    pub(super) fn count() -> usize {
        ELEMENTS.len() + RELATIONS.len() + HANDLED.len() + STYLES.len() + COMMANDS.len()
    }

    /// A folder of resources for attacks in the body, as hostile as such can be; returns its path.
    pub(super) fn resources(&self, room: &Room) -> String {
        let folder = room.path().join("assets");
        std::fs::create_dir(&folder).unwrap();
        let mut index = serde_json::Map::new();
        let mut put = |name: &str, extension: &str, content: &str| {
            let file = format!("{name}.{extension}");
            let content = content.replace("@SCRIPT", SCRIPT);
            std::fs::write(folder.join(&file), self.plain(&content, &self.host("resources", name))).unwrap();
            index.insert(format!("http://{}", self.host("body", name)), json!(file));
        };
        for name in ["img", "svg-image", "picture", "object-svg", "css-background", "video-poster", "input"] {
            put(name, "svg", SVG);
        }
        let css = "@import '@URL'; @import url(@FILE.css); @font-face { font-family: x; src: url(@URL-font), url(@FILE.woff2) } \
             * { font-family: x; cursor: url(@URL-cursor), auto; list-style-image: url(@FILE.png); --u: url(@URL-variable); mask-border: var(--u) }";
        for name in ["link-stylesheet", "css-import", "link-alternate-stylesheet", "style-attribute-set"] {
            put(name, "css", css);
        }
        for name in ["iframe-src", "object", "embed", "frameset", "portal", "link-import", "meta-refresh", "css-font"] {
            put(name, "html", PAGE);
        }
        for name in ["script-src", "script-module", "service-worker", "worker"] {
            put(name, "js", "@SCRIPT");
        }
        put("link-manifest", "webmanifest", "{\"icons\": [{\"src\": \"@URL\"}], \"start_url\": \"@URL\"}");
        std::fs::write(folder.join("index.json"), Value::Object(index).to_string()).unwrap();
        folder.display().to_string()
    }

    /// What is said about a document.
    pub(super) fn of_document(&self) -> Value {
        json!({"manifest": format!("http://{}", self.host("document", "manifest")), "onload": self.fill("@SCRIPT", "document", "onload")})
    }

    /// A document type that names what it is declared in.
    pub(super) fn doctype(&self) -> Value {
        let url = format!("http://{}", self.host("document", "doctype"));
        json!({"type": 1, "name": "html", "publicId": url, "systemId": format!("{url}\" [<!ENTITY x SYSTEM '{url}'>]"), "id": 999_999})
    }
}

fn of_json(line: &str) -> Value {
    serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))
}
