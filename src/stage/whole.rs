//! The page beyond its viewport (player-assets/src/whole.ts has the other half).

use serde::Deserialize;

use super::{Stage, StageError};

/// What a selector finds.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Found {
    /// The browser's words, where the selector is none.
    pub invalid: Option<String>,
    /// How many elements match, visible or not.
    pub matches: u64,
    /// The first visible one, CSS px of the page's viewport.
    #[serde(rename = "box")]
    pub area: Option<PageBox>,
    /// All of it is in view.
    pub in_view: bool,
}

/// A rectangle, CSS px.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
pub struct PageBox {
    /// Of its left edge.
    pub x: f64,
    /// Of its top edge.
    pub y: f64,
    /// CSS px.
    pub width: f64,
    /// CSS px.
    pub height: f64,
}

/// A page that can be scrolled through from its top to its end. All CSS px.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Whole {
    /// Of the document.
    pub width: f64,
    /// Of the document.
    pub height: f64,
    /// Of the viewport.
    pub viewport_width: f64,
    /// Of the viewport.
    pub viewport_height: f64,
    /// Where the page was scrolled to before.
    pub recorded_x: f64,
    /// Where the page was scrolled to before.
    pub recorded_y: f64,
    /// Where it is scrolled to sideways, while it is gone through.
    pub scroll_x: f64,
    /// How far what is fixed at the top reaches down.
    pub top_edge: f64,
    /// How far what is fixed at the bottom reaches up.
    pub bottom_edge: f64,
    /// The element that was [looked for](Stage::find): `x` from the viewport's left edge, `y` from the document's top.
    #[serde(rename = "box")]
    pub area: Option<PageBox>,
}

#[derive(Deserialize)]
struct Rolled {
    y: f64,
}

impl Stage {
    /// Looks for an element by a CSS selector, in the page first, then in shadow trees and frames.
    pub async fn find(&mut self, selector: &str) -> Result<Found, StageError> {
        let doing = "while looking for an element";
        let found = self.ask("function(s){return this.find(s)}", selector.to_owned(), doing).await?;
        self.read(found)
    }

    /// Readies the page for being scrolled through. `None` where no page stands. The page shows no other moment after this until it was
    /// [reset](Stage::reset).
    pub async fn unroll(&mut self) -> Result<Option<Whole>, StageError> {
        let whole = self.ask("function(){return this.unroll()}", String::new(), "while measuring the page").await?;
        let whole = self.read(whole)?;
        self.wait_for_requests().await;
        Ok(whole)
    }

    /// Scrolls the unrolled page as near to a place as it goes, and returns its distance from the top, CSS px.
    pub async fn roll(&mut self, x: f64, y: f64) -> Result<f64, StageError> {
        let to = serde_json::json!({"x": x, "y": y}).to_string();
        let rolled = self.ask("function(s){return this.roll(s)}", to, "while scrolling the page").await?;
        let rolled: Rolled = self.read(rolled)?;
        Ok(rolled.y)
    }
}
