//! `--ice-server URL[,USER,CREDENTIAL]`.

use parlor_protocol::signaling::IceServer;

/// Reads one `--ice-server`. The credential is the rest of the text, so it may hold commas.
///
/// # Errors
/// A sentence that says what is missing.
pub fn parse_ice_server(text: &str) -> Result<IceServer, String> {
    let mut parts = text.splitn(3, ',');
    let url = parts.next().unwrap_or_default().trim();
    let needs_user = match url.split_once(':') {
        Some(("stun" | "stuns", rest)) if !rest.is_empty() => false,
        Some(("turn" | "turns", rest)) if !rest.is_empty() => true,
        _ => return Err(format!("`{url}` is not a stun:, turn: or turns: URL")),
    };
    let (username, credential) = (parts.next().map(str::to_owned), parts.next().map(str::to_owned));
    if needs_user && (username.is_none() || credential.is_none()) {
        return Err("a TURN server needs a user name and a credential: turn:HOST:PORT,USER,CREDENTIAL".to_owned());
    }
    if !needs_user && username.is_some() {
        return Err("a STUN server takes no user name".to_owned());
    }
    Ok(IceServer { urls: vec![url.to_owned()], username, credential })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn turn_needs_a_user_and_a_credential_and_stun_takes_none() {
        let turn = parse_ice_server("turn:relay.example:3478?transport=udp,ann,a,b").unwrap();
        assert_eq!(turn.urls, ["turn:relay.example:3478?transport=udp"]);
        assert_eq!((turn.username.as_deref(), turn.credential.as_deref()), (Some("ann"), Some("a,b")));
        assert!(parse_ice_server("stun:stun.example:3478").unwrap().username.is_none());
        for text in
            ["", "relay.example", "http://relay.example", "turn:relay.example", "turn:relay.example,ann", "stun:"]
        {
            assert!(parse_ice_server(text).is_err(), "{text}");
        }
    }
}
