//! What the server counts, and its form for Prometheus.

use std::{collections::HashMap, fmt::Write};

use parlor_protocol::code::ReplyCode;

/// Every code, so that each is there from the start with a zero.
const CODES: [(ReplyCode, &str); 11] = [
    (ReplyCode::BadRequest, "bad-request"),
    (ReplyCode::TooLarge, "too-large"),
    (ReplyCode::Unauthorized, "unauthorized"),
    (ReplyCode::Version, "version"),
    (ReplyCode::RoomRefused, "room-refused"),
    (ReplyCode::RoomFull, "room-full"),
    (ReplyCode::CreateRefused, "create-refused"),
    (ReplyCode::NotInRoom, "not-in-room"),
    (ReplyCode::NoSuchPeer, "no-such-peer"),
    (ReplyCode::RateLimited, "rate-limited"),
    (ReplyCode::ServerClosing, "server-closing"),
];

/// Counts. None of them tells who, from where, or what.
#[derive(Debug, Clone, Default)]
pub struct Figures {
    /// Rooms now.
    pub rooms: usize,
    /// Peers now, those in grace too.
    pub peers: usize,
    /// Sockets now.
    pub sockets: usize,
    /// Sockets of the plain dialect now.
    pub plain_sockets: usize,
    /// TCP connections now.
    pub connections: usize,
    /// Joins granted.
    pub joins: u64,
    /// Signals accepted.
    pub signals: u64,
    /// Messages of the plain dialect passed on.
    pub plain_messages: u64,
    /// Sockets not let in.
    pub sockets_refused: u64,
    /// Sockets cut off.
    pub sockets_cut: u64,
    /// Requests over HTTP refused for the name they called the server by.
    pub hosts_refused: u64,
    /// Requests over HTTP refused for their origin.
    pub origins_refused: u64,
    /// Requests over HTTP refused for speed.
    pub requests_limited: u64,
    /// Requests refused, by code.
    pub refusals: HashMap<ReplyCode, u64>,
}

impl Figures {
    /// A request was refused.
    pub fn count_refusal(&mut self, code: ReplyCode) {
        *self.refusals.entry(code).or_default() += 1;
    }

    /// The text format of Prometheus, version 0.0.4.
    pub fn to_prometheus(&self) -> String {
        let mut text = String::new();
        let gauges = [
            ("rooms", "Rooms that exist.", self.rooms),
            ("peers", "Peers seated in rooms.", self.peers),
            ("sockets", "Sockets of Parlor's own clients.", self.sockets),
            ("plain_sockets", "Sockets of the plain dialect.", self.plain_sockets),
            ("connections", "TCP connections.", self.connections),
        ];
        for (name, help, value) in gauges {
            push(&mut text, name, help, "gauge", &[(String::new(), value as u64)]);
        }
        let counters = [
            ("joins_total", "Joins granted.", self.joins),
            ("signals_total", "Signals accepted.", self.signals),
            ("plain_messages_total", "Messages of the plain dialect passed on.", self.plain_messages),
            ("sockets_refused_total", "Sockets not let in.", self.sockets_refused),
            ("sockets_cut_total", "Sockets cut off.", self.sockets_cut),
            (
                "hosts_refused_total",
                "HTTP requests refused for the name they called the server by.",
                self.hosts_refused,
            ),
            ("origins_refused_total", "HTTP requests refused for their origin.", self.origins_refused),
            ("requests_limited_total", "HTTP requests refused for speed.", self.requests_limited),
        ];
        for (name, help, value) in counters {
            push(&mut text, name, help, "counter", &[(String::new(), value)]);
        }
        let refusals = CODES
            .map(|(code, label)| (format!("{{code=\"{label}\"}}"), self.refusals.get(&code).copied().unwrap_or(0)));
        push(&mut text, "refusals_total", "Requests refused, by code.", "counter", &refusals);
        text
    }
}

fn push(text: &mut String, name: &str, help: &str, kind: &str, values: &[(String, u64)]) {
    // Writing into a String cannot fail.
    let _ = writeln!(text, "# HELP parlor_{name} {help}\n# TYPE parlor_{name} {kind}");
    for (labels, value) in values {
        let _ = writeln!(text, "parlor_{name}{labels} {value}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_there_and_counted() {
        let mut figures = Figures { rooms: 3, ..Figures::default() };
        figures.count_refusal(ReplyCode::RateLimited);
        let text = figures.to_prometheus();
        assert!(text.contains("\nparlor_rooms 3\n"), "{text}");
        assert!(text.contains("parlor_refusals_total{code=\"rate-limited\"} 1\n"));
        for (code, label) in CODES {
            assert_eq!(serde_json::to_value(code).unwrap(), label);
            assert!(text.contains(&format!("{{code=\"{label}\"}}")));
        }
    }
}
