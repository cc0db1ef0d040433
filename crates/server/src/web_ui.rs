//! The web UI: the files built in, or a folder, or a page that says there are none.

use std::path::PathBuf;

use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, Request, StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use tower::ServiceExt;
use tower_http::services::ServeDir;

/// Paths and bytes of `ui/dist` at build time; empty when it was not built.
static EMBEDDED: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/ui_files.rs"));

/// What a client that asks for plain text reads.
pub const PLAIN_GREETING: &str = "WebRTC Signaling Server is Running";

const NOT_BUILT: &str = "<!doctype html><html lang=en><meta charset=utf-8><title>Parlor</title>\
<h1>The signaling server is running</h1><p>Its web UI is not built. Build it with <code>npm run build -w ui</code> and \
start the server with <code>--ui ui/dist</code>, or build the server again.</p></html>";

/// Where the files are.
#[derive(Debug, Clone)]
pub enum WebUi {
    /// In the program.
    Embedded,
    /// In a folder.
    Folder(PathBuf),
    /// Nowhere.
    Missing,
}

impl WebUi {
    /// The folder if one is given, else what was built in.
    pub fn find(folder: Option<PathBuf>) -> Self {
        match folder {
            Some(folder) => Self::Folder(folder),
            None if EMBEDDED.is_empty() => Self::Missing,
            None => Self::Embedded,
        }
    }

    /// Answers a GET or HEAD.
    pub async fn serve(self, request: Request<Body>) -> Response {
        let path = request.uri().path().to_owned();
        if path == "/" && prefers_plain_text(request.headers()) {
            return PLAIN_GREETING.into_response();
        }
        let mut response = match self {
            Self::Folder(folder) => match ServeDir::new(folder).oneshot(request).await {
                Ok(response) => response.into_response(),
                Err(never) => match never {},
            },
            Self::Embedded => {
                let wanted = if path == "/" { "/index.html" } else { &path };
                match EMBEDDED.iter().find(|(name, _)| *name == wanted) {
                    Some((name, bytes)) => ([(header::CONTENT_TYPE, content_type(name))], *bytes).into_response(),
                    None => (StatusCode::NOT_FOUND, "not found").into_response(),
                }
            }
            Self::Missing if path == "/" => Html(NOT_BUILT).into_response(),
            Self::Missing => (StatusCode::NOT_FOUND, "not found").into_response(),
        };
        // The bundler writes a hash into the names below /assets; everything else may change with the next version.
        let is_hashed = path.starts_with("/assets/") && response.status().is_success();
        let caching = if is_hashed { "public, max-age=31536000, immutable" } else { "no-cache" };
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
        if path == "/" {
            response.headers_mut().append(header::VARY, HeaderValue::from_static("accept"));
        }
        response
    }
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, extension)| extension) {
        Some("html") => "text/html; charset=utf-8",
        Some("js" | "mjs") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("json" | "map") => "application/json",
        Some("webmanifest") => "application/manifest+json",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("jpg" | "jpeg") => "image/jpeg",
        Some("webp") => "image/webp",
        Some("ico") => "image/x-icon",
        Some("woff2") => "font/woff2",
        Some("wasm") => "application/wasm",
        Some("txt") => "text/plain; charset=utf-8",
        Some("mp3") => "audio/mpeg",
        Some("ogg") => "audio/ogg",
        _ => "application/octet-stream",
    }
}

/// Whether `Accept` gives text/plain a higher quality than text/html (RFC 9110, section 12.5.1).
fn prefers_plain_text(headers: &HeaderMap) -> bool {
    let ranges: Vec<(String, f32)> = headers
        .get_all(header::ACCEPT)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(','))
        .map(|range| {
            let mut parts = range.split(';').map(str::trim);
            let name = parts.next().unwrap_or_default().to_ascii_lowercase();
            let quality = parts
                .find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")))
                .map_or(1.0, |quality| quality.parse().unwrap_or(0.0));
            (name, quality)
        })
        .collect();
    // The most specific range that fits decides.
    let quality = |exact: &str| {
        [exact, "text/*", "*/*"]
            .into_iter()
            .find_map(|wanted| ranges.iter().find(|(name, _)| name == wanted))
            .map_or(0.0, |(_, quality)| *quality)
    };
    quality("text/plain") > quality("text/html")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_text_is_for_those_who_prefer_it() {
        let prefers = |accept: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT, accept.parse().unwrap());
            prefers_plain_text(&headers)
        };
        for accept in ["text/plain", "text/plain;q=0.5", "text/html;q=0.8, text/plain", "TEXT/PLAIN, */*;q=0.1"] {
            assert!(prefers(accept), "{accept}");
        }
        for accept in
            ["*/*", "text/html", "text/html,application/xhtml+xml,*/*;q=0.8", "text/*", "text/plain;q=0", "image/png"]
        {
            assert!(!prefers(accept), "{accept}");
        }
        assert!(!prefers_plain_text(&HeaderMap::new()));
    }
}
