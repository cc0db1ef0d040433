//! What every request passes before anything else sees it: the name it calls us by; and for Socket.IO origin, speed, and the CORS headers
//! of its answer.
//!
//! Cross-origin WebSocket handshakes ignore CORS, so the origin is judged here, for both transports alike.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicU64, Ordering},
};

use axum::{
    extract::{ConnectInfo, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use crate::{
    address::{AddressKey, client_address},
    clock::Clock,
    config::Config,
    connection::Link,
    host,
    listener::CameOn,
    origin,
    rate::{AddressBuckets, Rate},
};

/// What a request by a foreign name is told. It does not repeat the name.
const FOREIGN_HOST: &str = "this server goes by another name or address: its operator can add names under `hosts`\n";

/// Who sent a request, as an extension of the request.
#[derive(Debug, Clone)]
pub struct Caller {
    /// What limits are counted by.
    pub address: AddressKey,
    /// The connection.
    pub link: Arc<Link>,
}

/// The state of the guard.
#[derive(Debug)]
pub struct Guard {
    config: Arc<Config>,
    clock: Clock,
    requests: Mutex<AddressBuckets>,
    /// Requests refused for the name they call us by.
    pub hosts_refused: AtomicU64,
    /// Requests refused for their origin.
    pub origins_refused: AtomicU64,
    /// Requests refused for speed.
    pub requests_limited: AtomicU64,
}

impl Guard {
    /// Nobody came yet.
    pub fn new(config: Arc<Config>, clock: Clock) -> Self {
        let rate = Rate { per_s: config.request_rate, burst: config.request_burst };
        Self {
            config,
            clock,
            requests: Mutex::new(AddressBuckets::new(rate)),
            hosts_refused: AtomicU64::new(0),
            origins_refused: AtomicU64::new(0),
            requests_limited: AtomicU64::new(0),
        }
    }
}

/// The middleware.
pub async fn guard(
    State(guard): State<Arc<Guard>>,
    ConnectInfo(CameOn(link)): ConnectInfo<CameOn>,
    mut request: Request,
    next: Next,
) -> Response {
    if !host::is_allowed(&request, link.local, &guard.config.hosts) {
        guard.hosts_refused.fetch_add(1, Ordering::Relaxed);
        return (StatusCode::MISDIRECTED_REQUEST, FOREIGN_HOST).into_response();
    }
    if !request.uri().path().starts_with("/socket.io") {
        return next.run(request).await;
    }
    let headers = request.headers();
    let forwarded = headers.get_all("x-forwarded-for").iter().map(HeaderValue::as_bytes);
    let address = AddressKey::from(client_address(link.remote.ip(), forwarded, &guard.config.trusted_proxies));
    let origin = headers.get(header::ORIGIN).cloned();
    if !is_welcome(headers, &guard.config) {
        guard.origins_refused.fetch_add(1, Ordering::Relaxed);
        return (StatusCode::FORBIDDEN, "origin not allowed").into_response();
    }
    let taken = {
        let mut requests = guard.requests.lock().unwrap_or_else(PoisonError::into_inner);
        requests.try_take(address, 1, guard.clock.now_ms())
    };
    let mut response = if let Err(wait_ms) = taken {
        guard.requests_limited.fetch_add(1, Ordering::Relaxed);
        let retry_after = [(header::RETRY_AFTER, wait_ms.div_ceil(1_000).to_string())];
        (StatusCode::TOO_MANY_REQUESTS, retry_after, "too many requests").into_response()
    } else if request.method() == Method::OPTIONS {
        StatusCode::NO_CONTENT.into_response()
    } else {
        request.extensions_mut().insert(Caller { address, link });
        next.run(request).await
    };
    if let Some(origin) = origin {
        // The one origin that asked and is on the list; never a wildcard, and never with credentials.
        let headers = response.headers_mut();
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, POST"));
        headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static("content-type"));
        headers.append(header::VARY, HeaderValue::from_static("origin"));
    }
    response
}

fn is_welcome(headers: &HeaderMap, config: &Config) -> bool {
    let text = |name| headers.get(name).map(|value| value.to_str().unwrap_or_default());
    match text(header::ORIGIN) {
        Some(origin) => origin::is_allowed(origin, text(header::HOST), &config.origins, config.local_pages),
        None => origin::is_allowed_without(text(HeaderName::from_static("sec-fetch-site"))),
    }
}
