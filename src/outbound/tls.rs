//! TLS: which servers are believed.

use std::sync::Arc;

use rustls::{ClientConfig, RootCertStore};

use super::error::OutboundError;

/// The machine's own certificate authorities (and those of `SSL_CERT_FILE` and `SSL_CERT_DIR`), so that a company's own are believed. Where the
/// machine has none, as in a bare container, Mozilla's list.
pub(super) fn config() -> Result<ClientConfig, OutboundError> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if roots.is_empty() {
        roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    }
    let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| OutboundError::Setup { reason: error.to_string() })?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}
