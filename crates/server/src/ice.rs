//! The ICE servers a peer is handed when it joins.
//!
//! With a secret shared with the TURN server, each join gets a user name that ends with time and the matching credential
//! (draft-uberti-behave-turn-rest-00, as coturn's `use-auth-secret` wants it).

use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use parlor_protocol::signaling::IceServer;
use sha1::Sha1;

use crate::config::Config;

/// What is handed out for this configuration at this time (seconds since 1970).
pub fn ice_servers(config: &Config, unix_s: u64) -> Vec<IceServer> {
    let mut servers = Vec::new();
    if !config.stun.is_empty() {
        servers.push(IceServer { urls: config.stun.clone(), username: None, credential: None });
    }
    if !config.turn.is_empty() {
        let (username, credential) = match &config.turn_secret {
            Some(secret) => {
                let name = config.turn_username.as_deref().unwrap_or("parlor");
                let (username, credential) = timed(secret, name, unix_s + u64::from(config.turn_ttl_s));
                (Some(username), credential)
            }
            None => (config.turn_username.clone(), config.turn_credential.clone()),
        };
        servers.push(IceServer { urls: config.turn.clone(), username, credential });
    }
    servers
}

fn timed(secret: &str, name: &str, expiry_s: u64) -> (String, Option<String>) {
    let username = format!("{expiry_s}:{name}");
    // HMAC takes keys of every length (RFC 2104, section 2), so there always is one.
    let credential = Hmac::<Sha1>::new_from_slice(secret.as_bytes()).ok().map(|mut mac| {
        mac.update(username.as_bytes());
        STANDARD.encode(mac.finalize().into_bytes())
    });
    (username, credential)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_are_handed_out_as_configured() {
        let config = Config {
            stun: vec!["stun:a".into()],
            turn: vec!["turn:b".into()],
            turn_username: Some("u".into()),
            turn_credential: Some("c".into()),
            ..Config::default()
        };
        let [stun, turn] = ice_servers(&config, 0).try_into().unwrap();
        assert_eq!((stun.urls, stun.username), (vec!["stun:a".to_owned()], None));
        assert_eq!((turn.username.as_deref(), turn.credential.as_deref()), (Some("u"), Some("c")));
        assert!(ice_servers(&Config::default(), 0).is_empty());
    }

    #[test]
    fn a_credential_made_for_a_time_is_the_one_openssl_makes() {
        // printf 1700086400:parlor | openssl dgst -sha1 -hmac north -binary | base64
        let config = Config { turn: vec!["turn:b".into()], turn_secret: Some("north".into()), ..Config::default() };
        let [turn] = ice_servers(&config, 1_700_000_000).try_into().unwrap();
        assert_eq!(turn.username.as_deref(), Some("1700086400:parlor"));
        assert_eq!(turn.credential.as_deref(), Some("8b+ia5Vd6iq7Xbnk6HwstCOxEv4="));
    }
}
