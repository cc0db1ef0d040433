//! The HTTP side: routes, and the headers that every answer carries.

use std::sync::{Arc, atomic::Ordering};

use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    http::{HeaderName, HeaderValue, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::get,
};
use socketioxide::layer::SocketIoLayer;

use crate::{
    figures::Figures,
    guard::{Guard, guard},
    plain_namespace::PlainNamespace,
    room_namespace::RoomNamespace,
    slots::Slots,
    web_ui::WebUi,
};

/// What a page served from here may do. Scripts come from here alone; sockets may go anywhere, since a link names its server.
const CONTENT_SECURITY_POLICY: &str = "default-src 'self'; connect-src 'self' ws: wss:; img-src 'self' blob: data:; \
media-src 'self' blob:; worker-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const HEADERS: [(HeaderName, &str); 5] = [
    (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    // Foreign pages do not get to see so much as whether a picture of ours loads.
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(self), microphone=(self), display-capture=(self), geolocation=()",
    ),
];

/// What the routes need.
#[derive(Clone)]
pub struct Site {
    /// The rooms, for the metrics.
    pub rooms: Arc<RoomNamespace>,
    /// The plain dialect, for the metrics, if it is on.
    pub plain: Option<Arc<PlainNamespace>>,
    /// The guard of the Socket.IO path.
    pub guard: Arc<Guard>,
    /// The connections, for the metrics.
    pub slots: Arc<Slots>,
    /// The web UI.
    pub ui: WebUi,
}

/// Puts the routes together, Socket.IO before them, the guard before that.
pub fn router(site: Site, socket_io: SocketIoLayer) -> Router {
    let guarding = Arc::clone(&site.guard);
    Router::new()
        .route("/healthz", get(|| async { "ok" }))
        .route("/metrics", get(metrics))
        .fallback(get(web_ui))
        .with_state(site)
        .layer(socket_io)
        .layer(middleware::from_fn_with_state(guarding, guard))
        .layer(middleware::from_fn(with_headers))
}

async fn metrics(State(site): State<Site>) -> impl IntoResponse {
    let (plain_sockets, plain_messages) = site.plain.as_ref().map(|plain| plain.figures()).unwrap_or_default();
    let figures = Figures {
        plain_sockets,
        plain_messages,
        connections: site.slots.taken(),
        hosts_refused: site.guard.hosts_refused.load(Ordering::Relaxed),
        origins_refused: site.guard.origins_refused.load(Ordering::Relaxed),
        requests_limited: site.guard.requests_limited.load(Ordering::Relaxed),
        ..site.rooms.figures()
    };
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], figures.to_prometheus())
}

async fn web_ui(State(site): State<Site>, request: Request<Body>) -> Response {
    site.ui.serve(request).await
}

async fn with_headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    for (name, value) in HEADERS {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}
