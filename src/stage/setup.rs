//! What a fresh page is given before it shows anything: the player, and a network that answers from the assets and refuses all else.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use chromiumoxide::cdp::browser_protocol::{emulation, fetch, network};
use chromiumoxide::cdp::js_protocol::runtime;
use serde::Deserialize;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::StageError;
use super::devtools::DevTools;
use super::pipe::Event;
use crate::assets::{Asset, Kind, STAGE, Shelf};

const ADDRESS: &str = STAGE;
const PLAYER: &str = include_str!("../../player-assets/dist/stage.js");
const DOCUMENT: &str = "<!doctype html><html><head><meta charset=utf-8><title>stage</title></head><body></body></html>";
/// Nothing is loaded but what the recording holds (`data:`) and what the player makes of it (`blob:`). No script at all: the
/// player itself comes through DevTools, which this policy does not bind; frames of the recording inherit it.
const POLICY: &str = "default-src 'none'; script-src 'none'; style-src 'unsafe-inline' data:; img-src data: blob:; font-src data:; base-uri 'none'; form-action 'none'; frame-src 'none'; object-src 'none'";
/// With assets: pictures, style sheets and fonts may be asked for by address. Each request is answered here, none goes out.
/// Those of http pages become https, or a secure page could not load them; the shelf takes both for one.
const POLICY_WITH_ASSETS: &str = "default-src 'none'; script-src 'none'; style-src 'unsafe-inline' data: http: https:; img-src data: blob: http: https:; font-src data: http: https:; upgrade-insecure-requests; base-uri 'none'; form-action 'none'; frame-src 'none'; object-src 'none'";

pub(super) async fn quiet(devtools: &DevTools) -> Result<(), StageError> {
    // Focus rings show only in a page that thinks it has the focus.
    devtools.call(emulation::SetFocusEmulationEnabledParams { enabled: true }, "while setting up the page").await?;
    Ok(())
}

/// What a page is answered from. A page that is made ready ahead of its job gets the job's shelf later.
pub(super) type Stock = Arc<Mutex<Arc<Shelf>>>;

/// Answers the page's own document and what is on the shelf, and refuses everything else at once: a pending request can hold up a
/// frame for ever. `loads` says whether there will be anything on the shelf: the page's policy cannot be changed later.
pub(super) async fn answer_requests(
    devtools: &Arc<DevTools>,
    mut events: mpsc::UnboundedReceiver<Event>,
    stock: Stock,
    loads: bool,
) -> Result<JoinHandle<()>, StageError> {
    devtools.call(fetch::EnableParams::default(), "while closing the network").await?;
    if loads {
        devtools.call(network::EnableParams::default(), "while opening the assets").await?;
    }
    // Weak: the browser must not be kept alive by its own requests.
    let devtools = Arc::downgrade(devtools);
    Ok(tokio::spawn(async move {
        while let Some(event) = events.recv().await {
            let Some(devtools) = devtools.upgrade() else {
                return;
            };
            if event.method != "Fetch.requestPaused" {
                continue;
            }
            let Ok(Paused { params }) = serde_json::from_slice::<Paused>(&event.message) else {
                continue;
            };
            let PausedRequest { id, request, resource_type } = params;
            if request.url == ADDRESS && resource_type == "Document" {
                devtools.tell(&document(id, if loads { POLICY_WITH_ASSETS } else { POLICY }));
                continue;
            }
            let shelf = Arc::clone(&stock.lock().unwrap_or_else(PoisonError::into_inner));
            let found = Kind::of_request(&resource_type).and_then(|kind| {
                let (url, asset) = shelf.find(&request.url)?;
                Some((url, asset, asset.served_as(kind)?))
            });
            if let Some((url, asset, content_type)) = found {
                devtools.loading().count_served(url);
                devtools.tell(&resource(id, asset, content_type));
            } else {
                devtools.loading().count_missing(&request.url);
                devtools.tell(&refusal(id));
            }
        }
    }))
}

#[derive(Deserialize)]
struct Paused {
    params: PausedRequest,
}

#[derive(Deserialize)]
struct PausedRequest {
    #[serde(rename = "requestId")]
    id: fetch::RequestId,
    request: RequestedUrl,
    #[serde(rename = "resourceType")]
    resource_type: String,
}

#[derive(Deserialize)]
struct RequestedUrl {
    url: String,
}

fn header(name: &str, value: &str) -> fetch::HeaderEntry {
    fetch::HeaderEntry { name: name.to_owned(), value: value.to_owned() }
}

/// A resource, to be had by any page and kept as long as the browser lives.
fn resource(request: fetch::RequestId, asset: &Asset, content_type: &str) -> fetch::FulfillRequestParams {
    let mut params = fetch::FulfillRequestParams::new(request, 200);
    params.response_headers = Some(vec![
        header("Content-Type", content_type),
        // Fonts, and pictures with `crossorigin`, are only taken with these. Both forms of asking accept a named origin.
        header("Access-Control-Allow-Origin", ADDRESS.trim_end_matches('/')),
        header("Access-Control-Allow-Credentials", "true"),
        header("Cross-Origin-Resource-Policy", "cross-origin"),
        header("Timing-Allow-Origin", "*"),
        header("Cache-Control", "max-age=31536000, immutable"),
    ]);
    params.body = Some(BASE64.encode(&asset.bytes).into());
    params
}

fn document(request: fetch::RequestId, policy: &str) -> fetch::FulfillRequestParams {
    let mut params = fetch::FulfillRequestParams::new(request, 200);
    params.response_headers =
        Some(vec![header("Content-Type", "text/html; charset=utf-8"), header("Content-Security-Policy", policy)]);
    params.body = Some(BASE64.encode(DOCUMENT).into());
    params
}

fn refusal(request: fetch::RequestId) -> fetch::FailRequestParams {
    fetch::FailRequestParams::new(request, network::ErrorReason::BlockedByClient)
}

pub(super) async fn load_player(devtools: &DevTools) -> Result<runtime::RemoteObjectId, StageError> {
    let doing = "while loading the player";
    evaluate(devtools, format!("location.href={ADDRESS:?}"), doing).await?;
    let arrived = format!("location.href==={ADDRESS:?}&&document.readyState==='complete'");
    // Polled: waiting for the event of a finished load needs frames, which only we can give.
    while evaluate(devtools, arrived.clone(), doing).await?.value != Some(true.into()) {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    evaluate(devtools, PLAYER.to_owned(), doing).await?;
    let stage = evaluate(devtools, "stage".to_owned(), doing).await?;
    stage.object_id.ok_or_else(|| StageError::Script { doing: doing.to_owned(), message: "no stage object".to_owned() })
}

async fn evaluate(devtools: &DevTools, expression: String, doing: &str) -> Result<runtime::RemoteObject, StageError> {
    let answer = devtools.call(runtime::EvaluateParams::new(expression), doing).await?;
    match answer.exception_details {
        Some(exception) => Err(script_error(&exception, doing)),
        None => Ok(answer.result),
    }
}

pub(super) fn script_error(exception: &runtime::ExceptionDetails, doing: &str) -> StageError {
    let description = exception.exception.as_ref().and_then(|exception| exception.description.clone());
    StageError::Script { doing: doing.to_owned(), message: description.unwrap_or_else(|| exception.text.clone()) }
}
