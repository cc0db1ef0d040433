//! The runtime that WebRTC runs on: Tokio's, with UDP sockets whose buffers are large enough for bulk data.
