//! What a connection checks of an https server's certificate.
//!
//! The Socket.IO library takes the system's TLS only, which can be told to trust a certificate but not a fingerprint. So a pinned server is
//! asked for its certificate first, over a connection that carries nothing else; if it has the fingerprint, the connection proper trusts
//! that one certificate and no authority. Whoever sits in between and shows the right one here lacks its key there.
//! Promises: nothing is sent to a server that does not hold the key of the pinned certificate.

use native_tls::{Certificate as Der, TlsConnector};
use parlor_trust::Fingerprint;
use tokio::net::TcpStream;
use url::Url;

use super::{Certificate, ServerAddress, transport::TransportError};

/// What to connect with; none where nothing but the system's own rules holds.
///
/// # Errors
/// The server is not reached, or shows another certificate than the pinned one.
pub(super) async fn connector(server: &ServerAddress) -> Result<Option<TlsConnector>, TransportError> {
    match server.certificate {
        _ if server.url.scheme() != "https" => Ok(None),
        Certificate::Trusted => Ok(None),
        Certificate::Any => believing().map(Some),
        Certificate::Pinned(pin) => {
            let shown = shown_by(&server.url).await?;
            let der = shown.to_der().map_err(failed)?;
            if Fingerprint::of_certificate(&der) != pin {
                return Err(TransportError::Certificate);
            }
            let only_this = TlsConnector::builder()
                .disable_built_in_roots(true)
                .add_root_certificate(shown)
                // It is known by itself, not by the address it has today.
                .danger_accept_invalid_hostnames(true)
                .build();
            only_this.map(Some).map_err(failed)
        }
    }
}

/// The certificate that a server shows, unproven.
async fn shown_by(url: &Url) -> Result<Der, TransportError> {
    let (host, port) = (url.host_str().unwrap_or_default(), url.port_or_known_default().unwrap_or(443));
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let tcp = TcpStream::connect((bare, port)).await.map_err(failed)?;
    let tls = tokio_native_tls::TlsConnector::from(believing()?).connect(bare, tcp).await.map_err(failed)?;
    let shown = tls.get_ref().peer_certificate().map_err(failed)?;
    shown.ok_or_else(|| TransportError::Failed("the server shows no certificate".to_owned()))
}

fn believing() -> Result<TlsConnector, TransportError> {
    let any = TlsConnector::builder().danger_accept_invalid_certs(true).danger_accept_invalid_hostnames(true).build();
    any.map_err(failed)
}

/// Errors of the system's TLS hold no address.
fn failed(error: impl std::fmt::Display) -> TransportError {
    TransportError::Failed(error.to_string())
}
