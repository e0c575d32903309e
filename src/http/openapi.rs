//! The API described for programs (`/openapi.json`) and people (`/docs`), made from the handlers and from the options of the command line.

use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use serde_json::{Value as Json, json};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi, ToSchema};
use utoipa_swagger_ui::SwaggerUi;

use super::{
    deliveries, erasures, events, ingest, keys, object, ops, outputs, problem, renders, shares, stills, submit,
};
use crate::order::said::{SaidField, fields};

/// A render that is asked for: where the recording is, what is to be made, and every option of `replayreel render`.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its description is used: the options are added from the command line's")]
pub(super) struct RenderBody {
    /// `posthog:ID`, a bare recording ID, a link copied from PostHog, `https://…`, `s3://BUCKET/KEY`; `render:rnd_…`, what that render was made of; or
    /// `ingest:ses_…`, what a recorder sent so far.
    #[schema(example = "posthog:01990f3a-7c2e-7a51-9d0e-2b6f6a1c9e77")]
    source: String,
    #[schema(inline)]
    outputs: Option<Vec<OutputBody>>,
    /// -100 to 100; higher ones go first.
    #[schema(minimum = -100, maximum = 100, default = 0)]
    priority: Option<i32>,
    /// Not before, RFC 3339.
    #[schema(format = DateTime)]
    run_at: Option<String>,
    /// How long the render and its files are kept after it has ended: 7d, 12h, 30m, 90s.
    keep_for: Option<String>,
    /// How often it is begun at most, 1 to 10.
    #[schema(minimum = 1, maximum = 10)]
    max_attempts: Option<u32>,
    /// Kept and told as it is, up to 16 KiB.
    #[schema(value_type = Option<Object>)]
    metadata: Option<Json>,
    #[schema(inline)]
    webhook: Option<WebhookBody>,
    /// Render also where the same was rendered before.
    fresh: Option<bool>,
    /// Make captions and a time map beside the first video. On where not given.
    companions: Option<bool>,
    #[schema(inline)]
    redact: Option<RedactBody>,
    /// Origins that pictures, style sheets and fonts of the recording are fetched from, as `https://cdn.example.org`.
    fetch_assets: Option<Vec<String>>,
}

/// A file to be made.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its description is used")]
pub(super) struct OutputBody {
    /// mp4, webm, gif, webp, png, jpg, vtt or json.
    #[schema(example = "mp4")]
    format: String,
    /// video, still, `contact_sheet`, poster, captions or `time_map`; by default what the format is for.
    kind: Option<String>,
    /// The file's name: letters, digits, dots, dashes and underlines.
    name: Option<String>,
    /// For stills: the moment, as 12.5, 1:20, 50%, end, error:1-2s.
    at: Option<String>,
}

/// Who is told when it has ended.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its description is used")]
pub(super) struct WebhookBody {
    /// Where the Render object is posted.
    url: String,
    /// `whsec_` and base64: what the message is signed with, instead of the server's secret.
    secret: Option<String>,
}

/// What is taken out of the recording before anything else sees it.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its description is used")]
pub(super) struct RedactBody {
    /// email, card, phone, token.
    builtin: Option<Vec<String>>,
    /// Rules as TOML.
    rules: Option<String>,
}

/// The same, with the recording in it.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its description is used")]
pub(super) struct RenderForm {
    /// The recording: a package or any file that `replayreel render` reads.
    #[schema(format = Binary, content_media_type = "application/octet-stream")]
    package: String,
    /// A `RenderBody` as JSON, without source.
    #[schema(example = "{\"outputs\":[{\"format\":\"mp4\"}]}")]
    spec: Option<String>,
}

/// A still that is asked for; every option of `replayreel render` that changes pictures can stand beside these.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its description is used: the options are added from the command line's")]
pub(super) struct StillBody {
    /// As of a render.
    source: String,
    /// The moment, as 12.5, 1:20, 50%, end, error:1-2s. By default the end.
    #[schema(example = "50%")]
    at: Option<String>,
    /// png, jpg or webp. By default png.
    format: Option<String>,
}

/// The same, with the recording in it.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its description is used")]
pub(super) struct StillForm {
    /// The recording.
    #[schema(format = Binary, content_media_type = "application/octet-stream")]
    package: String,
    /// A `StillBody` as JSON, without source.
    #[schema(example = "{\"at\":\"50%\"}")]
    spec: Option<String>,
}

#[derive(OpenApi)]
#[openapi(
    info(title = "replayreel", description = "Session recordings in, video out. Every option of `replayreel render` is a member of a render's body, with `_` for `-`."),
    paths(
        submit::submit, renders::list, renders::get, renders::cancel, renders::retry, renders::delete, events::events, outputs::output, outputs::moments,
        stills::still, shares::create, shares::list, shares::revoke, deliveries::list, deliveries::redeliver,
        keys::create, keys::list, keys::revoke, erasures::create, erasures::get, ingest::send, ingest::list, ingest::recording, ops::livez, ops::readyz, ops::version,
    ),
    components(schemas(object::Render, object::ProgressObject, object::FailureObject, object::NoticeObject, problem::FieldProblem)),
    modifiers(&Options),
    tags(
        (name = "renders", description = "Videos, stills and more, made by workers"),
        (name = "stills", description = "A picture, at once"),
        (name = "shares", description = "Links for people without a key"),
        (name = "webhooks", description = "What was sent when renders ended"),
        (name = "keys", description = "Who may do what"),
        (name = "ingest", description = "Sessions that recorders send"),
        (name = "erasures", description = "Everything about one recording or one person is deleted"),
        (name = "operation", description = "For whoever runs it; no key needed"),
    ),
)]
struct Api;

/// What the handlers do not say of themselves: keys, and the options of the command line.
struct Options;

impl Modify for Options {
    fn modify(&self, api: &mut utoipa::openapi::OpenApi) {
        let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("rrk_…").build();
        if let Some(components) = &mut api.components {
            components.add_security_scheme("key", SecurityScheme::Http(bearer));
        }
    }
}

/// The document.
pub fn document() -> Json {
    let mut document = serde_json::to_value(Api::openapi()).unwrap_or_default();
    for name in ["RenderBody", "StillBody"] {
        if let Some(properties) =
            document.pointer_mut(&format!("/components/schemas/{name}/properties")).and_then(Json::as_object_mut)
        {
            for field in fields() {
                properties.entry(field.name.clone()).or_insert_with(|| schema(&field));
            }
        }
    }
    if let Some(paths) = document.get_mut("paths").and_then(Json::as_object_mut) {
        for (path, operations) in paths {
            for operation in operations.as_object_mut().into_iter().flat_map(|operations| operations.values_mut()) {
                if path.starts_with("/v1/") {
                    // None is needed on a server that listens to its own machine and has no keys.
                    operation["security"] = json!([{"key": []}, {}]);
                }
            }
        }
    }
    document["webhooks"] = webhooks();
    document
}

/// What receivers are sent, which no path of this service is.
fn webhooks() -> Json {
    let header = |name: &str, description: &str| {
        let schema = json!({ "type": "string" });
        json!({ "name": name, "in": "header", "required": true, "description": description, "schema": schema })
    };
    let of = |event: &str| {
        let body = json!({
            "type": "object",
            "required": ["type", "timestamp", "data"],
            "properties": {
                "type": { "const": event },
                "timestamp": { "type": "string", "format": "date-time", "description": "When it happened" },
                "data": { "$ref": "#/components/schemas/Render" },
            },
        });
        json!({ "post": {
            "tags": ["webhooks"],
            "summary": "A render has ended",
            "parameters": [
                header("webhook-id", "The message: the same at each try"),
                header("webhook-timestamp", "When this try was made, seconds since 1970"),
                header("webhook-signature", "v1,BASE64(HMAC-SHA256(id.timestamp.body)): several, with spaces between, while a secret is replaced"),
            ],
            "requestBody": { "required": true, "content": { "application/json": { "schema": body } } },
            "responses": {
                "2XX": { "description": "Received" },
                "410": { "description": "Wanted no more: it is not tried again, and neither is it after any other status but 408, 425, 429 and 5XX" },
                "5XX": { "description": "Tried again later" },
            },
        } })
    };
    let events = ["render.succeeded", "render.failed", "render.cancelled"];
    Json::Object(events.into_iter().map(|event| (event.to_owned(), of(event))).collect())
}

fn schema(field: &SaidField) -> Json {
    let mut schema = json!({ "description": field.help });
    let kinds = if field.is_switch { json!(["boolean", "string"]) } else { json!(["string", "number", "array"]) };
    schema["type"] = kinds;
    if !field.is_switch {
        schema["items"] = json!({ "type": ["string", "number"] });
    }
    if !field.values.is_empty() {
        let mut values: Vec<Json> = field.values.iter().map(|value| json!(value)).collect();
        if field.is_switch {
            values.extend([json!(true), json!(false)]);
        }
        schema["enum"] = json!(values);
    }
    if let Some(default) = &field.default {
        schema["default"] = if field.is_switch && default == "false" { json!(false) } else { json!(default) };
    }
    schema
}

pub(super) async fn serve() -> Response {
    (
        [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "public, max-age=300")],
        document().to_string(),
    )
        .into_response()
}

/// The page for people: all of it comes from this program.
pub(super) fn docs() -> axum::Router<super::Service> {
    let config = utoipa_swagger_ui::Config::new(["/openapi.json"]);
    SwaggerUi::new("/docs").config(config).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn webhooks_are_described_with_the_render_that_the_api_tells() {
        let document = document();
        let webhooks = document["webhooks"].as_object().unwrap();
        assert_eq!(webhooks.len(), 3);
        for (event, of) in webhooks {
            let message = &of["post"]["requestBody"]["content"]["application/json"]["schema"]["properties"];
            assert_eq!(message["type"]["const"], json!(event));
            let render = message["data"]["$ref"].as_str().unwrap().trim_start_matches('#');
            assert!(document.pointer(render).is_some(), "{render}");
        }
    }
}
