//! The walk through the service in README.md and docs/service.md is true.

mod browser;
