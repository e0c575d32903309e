//! Pictures, style sheets and fonts that a recording does not hold: served from folders and HAR files, fetched before, and written into
//! the page that `replayreel dom` makes.

mod browser;
mod dom;
mod site;
