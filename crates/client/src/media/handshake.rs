//! Who may open a socket of the media port.
//!
//! Any process of the machine can reach a port of loopback, and any page in a browser can make it try: so the Host must be the
//! port's own (against DNS rebinding), the Origin one of ours (against foreign pages), and the secret of this launch must be
//! there (against other programs). It comes as a WebSocket subprotocol, so that it stands in no address and in no log.

use parlor_protocol::media_port::{CAPTURE_PATH, CONTROL_PATH, DISPLAY_PATH, SOUND_PATH, SUBPROTOCOL};
use subtle::ConstantTimeEq;
use tokio_tungstenite::tungstenite::{
    handshake::server::{ErrorResponse, Request, Response},
    http::{
        HeaderValue, StatusCode,
        header::{HOST, ORIGIN, SEC_WEBSOCKET_PROTOCOL},
    },
};

/// What a handshake is measured against.
#[derive(Debug)]
pub(super) struct Door {
    /// `127.0.0.1:<port>`.
    pub(super) host: String,
    /// Origins of our own page.
    pub(super) origins: Vec<String>,
    /// Of this launch.
    pub(super) secret: String,
}

/// Which of the page's sockets was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Path {
    /// Requests.
    Control,
    /// Own pictures.
    Capture,
    /// Others' pictures.
    Display,
    /// Sound.
    Sound,
}

impl Door {
    /// Lets in or refuses. A refusal says nothing about which check failed.
    #[expect(clippy::result_large_err, reason = "the shape that the library's callback has")]
    pub(super) fn answer(&self, request: &Request, mut response: Response) -> Result<(Path, Response), ErrorResponse> {
        match self.judge(request) {
            Some(path) => {
                response.headers_mut().insert(SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static(SUBPROTOCOL));
                Ok((path, response))
            }
            None => {
                let mut refusal = ErrorResponse::new(None);
                *refusal.status_mut() = StatusCode::FORBIDDEN;
                Err(refusal)
            }
        }
    }

    fn judge(&self, request: &Request) -> Option<Path> {
        let text = |name| {
            let mut values = request.headers().get_all(name).into_iter();
            let only = values.next()?.to_str().ok()?;
            values.next().is_none().then_some(only)
        };
        let origin = text(ORIGIN)?;
        let mut offered = text(SEC_WEBSOCKET_PROTOCOL)?.split(',').map(str::trim);
        let (name, secret) = (offered.next()?, offered.next()?);
        let knows_secret = bool::from(secret.as_bytes().ct_eq(self.secret.as_bytes()));
        let is_ours = text(HOST)? == self.host && self.origins.iter().any(|ours| ours == origin);
        if name != SUBPROTOCOL || offered.next().is_some() || !knows_secret || !is_ours {
            return None;
        }
        match request.uri().path() {
            CONTROL_PATH => Some(Path::Control),
            CAPTURE_PATH => Some(Path::Capture),
            DISPLAY_PATH => Some(Path::Display),
            SOUND_PATH => Some(Path::Sound),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(path: &str, headers: &[(&str, &str)]) -> Option<Path> {
        let door = Door {
            host: "127.0.0.1:4000".to_owned(),
            origins: vec!["tauri://localhost".to_owned()],
            secret: "s3cret".to_owned(),
        };
        let mut request = Request::builder().uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        door.judge(&request.body(()).unwrap())
    }

    const HOST: (&str, &str) = ("host", "127.0.0.1:4000");
    const ORIGIN: (&str, &str) = ("origin", "tauri://localhost");
    const SECRET: (&str, &str) = ("sec-websocket-protocol", "parlor-media, s3cret");

    #[test]
    fn our_own_page_is_let_in() {
        for (path, wanted) in [
            ("/control", Path::Control),
            ("/capture", Path::Capture),
            ("/display", Path::Display),
            ("/sound", Path::Sound),
        ] {
            assert_eq!(judged(path, &[HOST, ORIGIN, SECRET]), Some(wanted));
        }
    }

    #[test]
    fn everyone_else_is_refused() {
        for headers in [
            &[HOST, ORIGIN][..],
            &[HOST, SECRET],
            &[ORIGIN, SECRET],
            &[("host", "evil.example:4000"), ORIGIN, SECRET],
            &[HOST, ("origin", "http://127.0.0.1:4000"), SECRET],
            &[HOST, ("origin", "null"), SECRET],
            &[HOST, ORIGIN, ORIGIN, SECRET],
            &[HOST, ORIGIN, ("sec-websocket-protocol", "parlor-media")],
            &[HOST, ORIGIN, ("sec-websocket-protocol", "parlor-media, wrong!")],
            &[HOST, ORIGIN, ("sec-websocket-protocol", "parlor-media, s3cret, more")],
            &[HOST, ORIGIN, ("sec-websocket-protocol", "s3cret, parlor-media")],
        ] {
            assert_eq!(judged("/control", headers), None, "{headers:?}");
        }
        assert_eq!(judged("/", &[HOST, ORIGIN, SECRET]), None);
    }
}
