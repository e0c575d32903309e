//! Everything in a page that could run, load, look up or navigate. What runs paints the page red; what loads comes to the listener or shows a red file.

use std::net::SocketAddr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::{Value, json};

use crate::program::Room;
use crate::program::recording::Nodes;

/// Where the canaries want to go.
pub(crate) struct Site {
    address: SocketAddr,
    /// URL of the folder with the red files.
    files: String,
}

/// An element as `(tag, attributes, is SVG)`.
type Bare = (&'static str, Value, bool);

const EVENTS: &[&str] = &[
    "onload",
    "onerror",
    "onclick",
    "onmousedown",
    "onmouseover",
    "onpointerenter",
    "onfocus",
    "onfocusin",
    "onblur",
    "oninput",
    "onchange",
    "onscroll",
    "onwheel",
    "ontoggle",
    "onplay",
    "onloadstart",
    "onanimationstart",
    "onanimationend",
    "ontransitionrun",
    "ontransitionend",
    "onpageshow",
    "onresize",
    "onselectionchange",
    "onbeforematch",
    "onsecuritypolicyviolation",
    "oncontentvisibilityautostatechange",
];

impl Site {
    pub(crate) fn new(address: SocketAddr, room: &Room) -> Self {
        let red = image::RgbImage::from_pixel(200, 200, image::Rgb([255, 0, 0]));
        red.save(room.path().join("red.png")).unwrap();
        room.file("red.css", "* { background: red !important }");
        room.file("red.js", "document.body.style.background = 'red'");
        room.file("red.html", "<body style='background: red'>");
        Self { address, files: format!("file://{}", room.path().display()) }
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}/{path}", self.address)
    }

    fn script(&self, path: &str) -> String {
        let url = self.url(path);
        format!(
            "for (const w of [self, parent, top]) try {{ const d = w.document; const e = d.createElement('div'); \
             e.style.cssText = 'position:fixed;inset:0;background:red;z-index:2147483647'; d.documentElement.append(e); d.title = 'red' }} catch {{}} \
             new Image().src = '{url}'; fetch('{url}'); navigator.sendBeacon('{url}'); new WebSocket('ws://{}/{path}')",
            self.address
        )
    }

    fn javascript(&self, path: &str) -> String {
        format!("javascript:{};void 0", self.script(path))
    }

    /// A page as a URL. Its script cannot reach the page around it, but its own background shows.
    fn page(&self, path: &str) -> String {
        let html =
            format!("<body style='background:red'><script>{}</script><img src={}>", self.script(path), self.url(path));
        format!("data:text/html;base64,{}", BASE64.encode(html))
    }

    fn css(&self, path: &str) -> String {
        let (url, file) = (self.url(path), format!("{}/red.png", self.files));
        format!(
            "@import url({url}-import); @import '{url}-import-text' layer(x); @import url({}/red.css);\
             @font-face {{ font-family: canary; src: url({url}-font) }}\
             .canary {{ font-family: canary, sans-serif; background: url({file}), url({url}-background), image-set(url({url}-set) 1x); cursor: url({url}-cursor), auto; border-image: url({url}-border) 1; \
             list-style-image: url({url}-list); mask-image: url({url}-mask); filter: url({url}-filter#f); clip-path: url({url}-clip#c); shape-outside: url({url}-shape) }}\
             .canary::before {{ content: url({url}-content) }} .canary:hover {{ background: url({url}-hover) }}\
             @keyframes canary {{ to {{ background: url({url}-keyframe) }} }}",
            self.files
        )
    }

    /// Every handler there is, and what sets them off without a user.
    fn handlers(&self) -> Value {
        let mut attributes = json!({"autofocus": "", "tabindex": "0", "class": "canary", "style": "animation: canary 50ms; transition: all 50ms"});
        for event in EVENTS {
            attributes[*event] = json!(self.script(event));
        }
        attributes
    }

    /// The elements.
    pub(super) fn elements(&self) -> Vec<Bare> {
        let (u, js, file) = (
            |path: &str| json!(self.url(path)),
            |path: &str| json!(self.javascript(path)),
            |name: &str| json!(format!("{}/{name}", self.files)),
        );
        let page = |path: &str| json!(self.page(path));
        let srcdoc = json!(format!("<script>{}</script><img src={}>", self.script("srcdoc"), self.url("srcdoc")));
        let mut elements: Vec<Bare> = vec![
            ("script", json!({}), false),
            ("script", json!({"src": u("script")}), false),
            ("script", json!({"src": file("red.js"), "type": "module"}), false),
            ("script", json!({"type": "importmap", "src": u("importmap")}), false),
            ("script", json!({"type": "speculationrules", "src": u("speculation")}), false),
            ("a", json!({"href": js("a"), "ping": u("ping"), "target": "_top"}), false),
            ("area", json!({"href": js("area"), "shape": "default"}), false),
            ("a", json!({"href": "java\nscript:alert(1)", "download": ""}), false),
            ("form", json!({"action": js("form"), "method": "post"}), false),
            ("button", json!({"formaction": js("formaction"), "type": "submit", "autofocus": ""}), false),
            ("input", json!({"type": "image", "src": u("input-image"), "formaction": js("input")}), false),
            ("input", json!({"autofocus": "", "value": "x", "list": "l"}), false),
            ("iframe", json!({"src": u("iframe")}), false),
            (
                "iframe",
                json!({"src": js("iframe"), "sandbox": "allow-scripts allow-same-origin allow-top-navigation"}),
                false,
            ),
            ("iframe", json!({"src": page("iframe-data")}), false),
            ("iframe", json!({"srcdoc": srcdoc}), false),
            ("iframe", json!({"rr_src": u("iframe-rr")}), false),
            ("iframe", json!({"src": file("red.html")}), false),
            ("frame", json!({"src": u("frame")}), false),
            ("portal", json!({"src": u("portal")}), false),
            ("fencedframe", json!({"src": u("fencedframe")}), false),
            ("object", json!({"data": u("object"), "type": "text/html"}), false),
            ("object", json!({"data": js("object")}), false),
            ("object", json!({"data": page("object-data"), "type": "text/html"}), false),
            ("object", json!({"data": file("red.png"), "type": "image/png"}), false),
            ("embed", json!({"src": u("embed"), "type": "text/html"}), false),
            ("embed", json!({"src": page("embed-data"), "type": "text/html"}), false),
            ("embed", json!({"src": file("red.html")}), false),
            ("applet", json!({"code": u("applet"), "codebase": u("codebase")}), false),
            (
                "img",
                json!({"src": u("img"), "srcset": format!("{} 1x, {} 2x", self.url("srcset"), self.url("srcset2"))}),
                false,
            ),
            ("img", json!({"rr_dataURL": u("img-rr"), "src": "data:,"}), false),
            ("img", json!({"src": file("red.png")}), false),
            ("img", json!({"src": "file:///etc/passwd", "lowsrc": u("lowsrc"), "longdesc": u("longdesc")}), false),
            ("canvas", json!({"rr_dataURL": u("canvas")}), false),
            ("canvas", json!({"rr_dataURL": file("red.png"), "width": "60", "height": "60"}), false),
            (
                "video",
                json!({"src": u("video"), "poster": u("poster"), "autoplay": "", "preload": "auto", "rr_mediaState": "played"}),
                false,
            ),
            ("video", json!({"poster": file("red.png")}), false),
            ("audio", json!({"src": u("audio"), "autoplay": "", "preload": "auto"}), false),
            ("source", json!({"src": u("source"), "srcset": u("source-set")}), false),
            ("track", json!({"src": u("track"), "default": ""}), false),
            ("meta", json!({"http-equiv": "refresh", "content": format!("0;url={}", self.url("refresh"))}), false),
            (
                "meta",
                json!({"http-equiv": "refresh", "content": format!("0;url={}", self.javascript("refresh"))}),
                false,
            ),
            (
                "meta",
                json!({"http-equiv": "Content-Security-Policy", "content": format!("default-src *; report-uri {}", self.url("report"))}),
                false,
            ),
            ("base", json!({"href": u("base/"), "target": "_top"}), false),
            ("body", json!({"background": u("body-background")}), false),
            ("td", json!({"background": u("td-background")}), false),
            ("style", json!({"_cssText": self.css("style-text")}), false),
            (
                "link",
                json!({"rel": "stylesheet", "_cssText": self.css("link-text"), "href": u("link-text-href")}),
                false,
            ),
            ("link", json!({"rel": "stylesheet", "href": file("red.css")}), false),
            (
                "link",
                json!({"rel": "stylesheet", "href": "data:text/css,", "onload": self.script("link-onload")}),
                false,
            ),
            ("svg", json!({"onload": self.script("svg-onload"), "width": "40", "height": "40"}), true),
            ("use", json!({"href": format!("{}#x", self.url("use"))}), true),
            (
                "use",
                json!({"xlink:href": format!("data:image/svg+xml;base64,{}#x", BASE64.encode(format!("<svg id='x' xmlns='http://www.w3.org/2000/svg'><image href='{}' onerror='{}'/></svg>", self.url("use-data"), "top.document.body.style.background=`red`")))}),
                true,
            ),
            ("image", json!({"href": u("svg-image"), "width": "40", "height": "40"}), true),
            ("image", json!({"href": file("red.png"), "width": "40", "height": "40"}), true),
            ("feImage", json!({"href": u("feimage")}), true),
            ("a", json!({"href": js("svg-a")}), true),
            ("a", json!({"xlink:href": js("svg-xlink")}), true),
            ("set", json!({"attributeName": "onclick", "to": self.script("set"), "begin": "0s"}), true),
            (
                "set",
                json!({"attributeName": "href", "to": js("set-href"), "onbegin": self.script("onbegin"), "begin": "0s"}),
                true,
            ),
            (
                "animate",
                json!({"attributeName": "xlink:href", "values": self.javascript("animate"), "onbegin": self.script("animate-onbegin"), "onend": self.script("onend"), "dur": "100ms"}),
                true,
            ),
            ("script", json!({"href": u("svg-script"), "xlink:href": u("svg-script-xlink")}), true),
            ("details", json!({"open": "", "ontoggle": self.script("details")}), false),
            ("dialog", json!({"rr_open_mode": "non-modal", "open": "", "class": "canary"}), false),
            ("marquee", json!({"onstart": self.script("marquee"), "behavior": "alternate"}), false),
            (
                "x-canary",
                json!({"is": "x", "on-click": "x", "onclick": self.script("custom"), "style": format!("background: url({})", self.url("style-attribute"))}),
                false,
            ),
            (
                "div",
                json!({"popover": "auto", "style": format!("background-image: image-set('{}' 1x), url({}/red.png); width: 60px; height: 60px", self.url("style-set"), self.files)}),
                false,
            ),
            ("template", json!({"shadowrootmode": "open"}), false),
            ("noscript", json!({}), false),
        ];
        for rel in [
            "dns-prefetch",
            "preconnect",
            "prefetch",
            "preload",
            "modulepreload",
            "prerender",
            "manifest",
            "icon",
            "shortcut icon",
            "apple-touch-icon",
            "import",
            "stylesheet",
            "alternate stylesheet",
            "preconnect stylesheet",
            "pingback",
            "search",
            "expect",
        ] {
            elements.push(("link", json!({"rel": rel, "href": u(&format!("link-{}", rel.replace(' ', "-"))), "as": "image", "crossorigin": ""}), false));
        }
        for tag in ["div", "img", "input", "video", "iframe", "object", "details", "select", "textarea", "button"] {
            let mut attributes = self.handlers();
            attributes["src"] = u(&format!("{tag}-handlers"));
            elements.push((tag, attributes, false));
        }
        for tag in ["svg", "rect", "g", "animate"] {
            elements.push((tag, self.handlers(), true));
        }
        elements
    }

    /// Each of the elements, with what it needs inside to be dangerous.
    pub(super) fn nodes(&self, nodes: &mut Nodes) -> Vec<Value> {
        self.elements().into_iter().map(|element| self.node(nodes, element)).collect()
    }

    fn node(&self, nodes: &mut Nodes, (tag, attributes, is_svg): Bare) -> Value {
        let inside = match tag {
            "script" | "noscript" => vec![nodes.text(&self.script("inline"))],
            "style" => vec![nodes.css(&self.css("style"))],
            "template" => {
                vec![nodes.leaf("img", json!({"src": self.url("template"), "onerror": self.script("template")}))]
            }
            "svg" => {
                let html = nodes.leaf("img", json!({"src": self.url("foreign"), "onerror": self.script("foreign")}));
                vec![nodes.svg("foreignObject", json!({"width": "40", "height": "40"}), vec![html])]
            }
            "video" | "audio" => vec![
                nodes.leaf("source", json!({"src": self.url("media-source"), "onerror": self.script("media-source")})),
            ],
            "a" | "button" | "div" => vec![nodes.text("canary")],
            _ => Vec::new(),
        };
        if is_svg { nodes.svg(tag, attributes, inside) } else { nodes.element(tag, attributes, inside) }
    }

    /// Events that bring styles by other ways than elements do. `style` is the id of a `<style>`, `any` of some element.
    pub(super) fn style_changes(&self, style: i64, any: i64) -> Vec<Value> {
        let url = self.url("change");
        vec![
            json!({"source": 8, "id": style, "adds": [{"rule": format!(".canary {{ background: url({url}-rule), url({}/red.png) }}", self.files), "index": 0}]}),
            json!({"source": 8, "id": style, "replace": self.css("replace")}),
            json!({"source": 13, "id": style, "index": [0], "set": {"property": "background", "value": format!("url({url}-declaration)"), "priority": "important"}}),
            json!({"source": 15, "id": 1, "styleIds": [7], "styles": [{"styleId": 7, "rules": [{"rule": format!(".canary {{ background: url({url}-adopted) }}"), "index": 0}, {"rule": format!("@import url({url}-adopted-import)"), "index": 0}]}]}),
            json!({"source": 10, "family": "canary", "fontSource": format!("url({url}-fontface)"), "buffer": false}),
            json!({"source": 9, "id": any, "type": 0, "commands": [{"property": "drawImage", "args": [{"rr_type": "HTMLImageElement", "src": format!("{url}-canvas")}, 0, 0]}]}),
            json!({"source": 16, "define": {"name": "x-canary"}}),
        ]
    }
}
