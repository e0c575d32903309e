//! A still of the moment that the viewer looks at.

use axum::extract::{Extension, Path, Query, State};
use axum::response::Response;
use serde::Deserialize;
use serde_json::{Map, Value as Json};

use crate::http::auth::Caller;
use crate::http::origin::EARLIER;
use crate::http::request::RenderRequest;
use crate::http::{Problem, Service, stills};
use crate::ledger::Scope;
use crate::worker::JobSpec;

#[derive(Deserialize)]
pub(super) struct Moment {
    /// Session time, seconds.
    at: f64,
}

/// Members of an order that are about time, files and their sizes, not about how a picture looks.
const NOT_OF_PICTURES: [&str; 14] = [
    "outputs",
    "stills",
    "stills_to",
    "most_stills",
    "contact_sheet",
    "poster",
    "from",
    "to",
    "speed",
    "fps",
    "idle",
    "max_bytes",
    "chapters",
    "captions",
];

/// As the video was made: with the same redaction above all.
pub(super) async fn still(
    State(service): State<Service>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
    Query(moment): Query<Moment>,
) -> Result<Response, Problem> {
    caller.must(Scope::Submit)?;
    service.refuse_while_draining()?;
    let job = service.visible(&caller, &id).await?;
    let spec: JobSpec = serde_json::from_value(job.spec)
        .map_err(|error| Problem::new("internal", format!("the render's order: {error}")))?;
    let asked = RenderRequest::parse(stills::of_still(order(spec.spec, &job.id.to_string(), moment.at)))?;
    stills::picture(&service, &caller, asked, None).await
}

fn order(spec: Json, id: &str, at: f64) -> Json {
    let mut members = match spec {
        Json::Object(members) => members,
        _ => Map::new(),
    };
    members.retain(|name, _| !NOT_OF_PICTURES.contains(&name.as_str()));
    if members.get("window").is_some_and(|window| window == crate::order::windows::EACH) {
        members.remove("window");
    }
    members.insert("source".to_owned(), format!("{EARLIER}{id}").into());
    members.insert("at".to_owned(), format!("{:.3}", if at.is_finite() { at.max(0.0) } else { 0.0 }).into());
    Json::Object(members)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_still_looks_as_its_video_and_is_redacted_as_its_video() {
        let spec = json!({
            "outputs": ["mp4"], "stills": "problems", "fps": 10, "preset": "share", "theme": "dark", "from": "5",
            "redact": {"builtin": ["email"]},
        });
        let order = order(spec, "rnd_1", 2.5);
        let expected = json!({"source": "render:rnd_1", "at": "2.500", "preset": "share", "theme": "dark", "redact": {"builtin": ["email"]}});
        assert_eq!(order, expected);
        RenderRequest::parse(stills::of_still(order)).unwrap();
    }

    #[test]
    fn a_moment_that_is_no_number_is_the_beginning() {
        for at in [f64::NAN, f64::NEG_INFINITY, -3.0] {
            assert_eq!(order(Json::Null, "rnd_1", at)["at"], "0.000");
        }
    }
}
