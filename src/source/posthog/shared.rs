//! Shared links: their page says which recording of which project they open.
//!
//! `/shared/TOKEN` and `/embedded/TOKEN` are pages with two JSON documents in their script, each as a string literal:
//! `window.POSTHOG_EXPORTED_DATA` (`recording.id`, `type`) and `window.POSTHOG_APP_CONTEXT` (`current_team.id`). The API wants the project's number too.

use serde_json::Value;

use super::super::error::PostHogError;
use super::super::place::Link;
use super::server::Server;

/// What a shared link opens.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Page {
    pub(super) recording: String,
    pub(super) project: Option<String>,
}

pub(super) async fn open(server: &mut Server<'_>, link: &Link) -> Result<Page, PostHogError> {
    let token = link.token.as_ref().map(|token| token.0.as_str()).unwrap_or_default();
    let page = server.page(&["shared", token]).await?;
    read(&String::from_utf8_lossy(&page))
}

fn read(page: &str) -> Result<Page, PostHogError> {
    let exported = document(page, "POSTHOG_EXPORTED_DATA").ok_or_else(|| PostHogError::Unexpected {
        what: "page of the shared link",
        detail: "it describes nothing that is shared".to_owned(),
    })?;
    if exported["type"] == "unlock" {
        return Err(PostHogError::Password);
    }
    let id = exported["recording"]["id"].as_str().filter(|id| !id.is_empty());
    let id = id.ok_or_else(|| PostHogError::NotShared { detail: "its page shows no recording".to_owned() })?;
    let context = document(page, "POSTHOG_APP_CONTEXT").unwrap_or_default();
    let project = match &context["current_team"]["id"] {
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    Ok(Page { recording: id.to_owned(), project })
}

/// The document that `window.NAME` is set to, as an object or through `JSON.parse("…")`.
fn document(page: &str, name: &str) -> Option<Value> {
    page.match_indices(name).find_map(|(at, _)| {
        let value = page[at + name.len()..].trim_start().strip_prefix('=')?.trim_start();
        if value.starts_with('{') {
            return first_value(value);
        }
        let literal = value.strip_prefix("JSON.parse(")?.trim_start();
        let text = match literal.strip_prefix('\'') {
            // Django escapes quotes of both kinds as \uXXXX, so the next one ends the string.
            Some(rest) => first_value(&format!("\"{}\"", rest.split('\'').next()?)),
            None => first_value(literal),
        };
        serde_json::from_str(text?.as_str()?).ok()
    })
}

/// The JSON value that a text begins with.
fn first_value(text: &str) -> Option<Value> {
    serde_json::Deserializer::from_str(text).into_iter().next()?.ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = r#"<script>window.POSTHOG_APP_CONTEXT = JSON.parse("{\u0022current_team\u0022: {\u0022id\u0022: 42, \u0022name\u0022: \u0022Shop\u0022}}")</script>
        <script nonce="x">window.POSTHOG_EXPORTED_DATA = JSON.parse('{\u0022type\u0022: \u0022scene\u0022, \u0022recording\u0022: {\u0022id\u0022: \u00220199\u002Dab\u0022}}')</script>"#;

    #[test]
    fn the_page_of_a_shared_link_names_recording_and_project() {
        assert_eq!(read(PAGE).unwrap(), Page { recording: "0199-ab".to_owned(), project: Some("42".to_owned()) });
        let bare = r#"window.POSTHOG_EXPORTED_DATA = {"type":"embed","recording":{"id":"a"}};"#;
        assert_eq!(read(bare).unwrap(), Page { recording: "a".to_owned(), project: None });
    }

    #[test]
    fn a_page_that_opens_no_recording_says_why() {
        let page = |data: &str| format!("window.POSTHOG_EXPORTED_DATA = {data};");
        assert!(matches!(read(&page(r#"{"type":"unlock"}"#)), Err(PostHogError::Password)));
        assert!(matches!(read(&page(r#"{"type":"scene","insight":{}}"#)), Err(PostHogError::NotShared { .. })));
        assert!(matches!(read("<html>Not PostHog</html>"), Err(PostHogError::Unexpected { .. })));
    }
}
