//! Where calls go that the page cannot make by itself.

use parlor_protocol::media_port::MediaPortAddress;
use tauri::State;

use crate::state::AppState;

/// The engine's media port; none where webviews have `RTCPeerConnection`.
#[tauri::command]
pub fn media_port(state: State<'_, AppState>) -> Option<MediaPortAddress> {
    state.media.address()
}
