//! Files that fit the place they go to.

mod browser;
