//! Sound: Opus in RTP (RFC 7587), the jitter buffer, and the processing of what the microphone hears.
