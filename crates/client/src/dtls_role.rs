//! The DTLS role of a connection, which lasts as long as its DTLS does.
//!
//! An answer without a new DTLS association must repeat the role of the first (RFC 8842, section 5.3). The library answers
//! `active` each time; a browser then refuses a description by which both sides would be clients.

/// What was settled by a connection's first offer and answer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct DtlsRole(Option<Role>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    Client,
    Server,
}

const ACTIVE: &str = "a=setup:active";
const PASSIVE: &str = "a=setup:passive";

impl DtlsRole {
    /// The peer answered.
    pub(crate) fn answered_by_peer(&mut self, sdp: &str) {
        if self.0.is_none() {
            self.0 = Some(if sdp.contains(ACTIVE) { Role::Server } else { Role::Client });
        }
    }

    /// We answer: what to send.
    pub(crate) fn answer(&mut self, sdp: String) -> String {
        match self.0 {
            None => {
                self.0 = Some(if sdp.contains(PASSIVE) { Role::Server } else { Role::Client });
                sdp
            }
            Some(Role::Client) => sdp.replace(PASSIVE, ACTIVE),
            Some(Role::Server) => sdp.replace(ACTIVE, PASSIVE),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_was_the_server_first_answers_as_the_server_ever_after() {
        let mut role = DtlsRole::default();
        role.answered_by_peer("a=setup:active\r\n");
        role.answered_by_peer("a=setup:passive\r\n");
        assert_eq!(
            role.answer("a=setup:active\r\na=setup:active\r\n".to_owned()),
            "a=setup:passive\r\na=setup:passive\r\n"
        );
    }

    #[test]
    fn who_answered_first_as_the_client_stays_it() {
        let mut role = DtlsRole::default();
        assert_eq!(role.answer("a=setup:active\r\n".to_owned()), "a=setup:active\r\n");
        role.answered_by_peer("a=setup:passive\r\n");
        assert_eq!(role.answer("a=setup:active\r\n".to_owned()), "a=setup:active\r\n");
    }
}
