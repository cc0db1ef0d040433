//! The configuration: one table of keys, from which the struct, the flags, the environment variables and the keys of the file are made.
//!
//! Promises: flags win over environment, environment over file, file over default; a key that does not exist is refused by name;
//! [`Config::check`] names the wrong key and says what is allowed. Leaves to others: what the values do.

use std::{
    net::{IpAddr, SocketAddr},
    path::{Path, PathBuf},
};

use parlor_protocol::limits;
use serde::Deserialize;

use crate::{error::ServerError, host, origin, rate::Rate, rooms::Limits, secret_hash::SecretHash};

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum LogFormat {
    /// For people.
    Pretty,
    /// One JSON object a line.
    Json,
}

macro_rules! settings {
    ($($(#[doc = $doc:literal])+ $key:ident : $type:ty as $given:ty = $default:expr, $env:literal $(, $arg:ident = $value:expr)*;)+) => {
        /// Everything that can be set.
        #[derive(Debug, Clone, PartialEq)]
        pub struct Config {
            $($(#[doc = $doc])+ pub $key: $type,)+
        }

        impl Default for Config {
            fn default() -> Self {
                Self { $($key: $default,)+ }
            }
        }

        /// The keys somebody gave, from one source.
        #[derive(Debug, Clone, Default, PartialEq, Deserialize, clap::Args)]
        #[serde(deny_unknown_fields, default)]
        pub struct Overrides {
            $($(#[doc = $doc])+ #[arg(long, env = $env $(, $arg = $value)*)] pub $key: Option<$given>,)+
        }

        impl Overrides {
            /// Lays the given keys over `config`.
            pub fn apply(self, config: &mut Config) {
                $(if let Some(value) = self.$key {
                    config.$key = value.into();
                })+
            }
        }
    };
}

settings! {
    /// Address and port to listen on; port 0 picks a free one
    listen: SocketAddr as SocketAddr = SocketAddr::from(([0, 0, 0, 0], 5000)), "PARLOR_LISTEN", value_name = "ADDR:PORT";
    /// Serve the plain dialect (`offer`, `answer`, `candidate` in the default namespace)
    plain: bool as bool = true, "PARLOR_PLAIN", num_args = 0..=1, require_equals = true, default_missing_value = "true";
    /// Serve long-polling beside WebSocket; only plain clients ask for it
    polling: bool as bool = true, "PARLOR_POLLING", num_args = 0..=1, require_equals = true, default_missing_value = "true";
    /// Folder of the web UI, instead of the one built in
    ui: Option<PathBuf> as PathBuf = None, "PARLOR_UI", value_name = "DIR";
    /// Names that requests may call the server by, like `parlor.example` or `parlor.example:8443`, beside the address itself; none: any name
    hosts: Vec<String> as Vec<String> = Vec::new(), "PARLOR_HOSTS", value_delimiter = ',';
    /// Let pages that this machine serves connect: those at localhost, on any port
    local_pages: bool as bool = true, "PARLOR_LOCAL_PAGES", num_args = 0..=1, require_equals = true, default_missing_value = "true";
    /// What has to be shown to have a room made, 32 bytes in base64url; guests of rooms that are there need none. None: anybody may
    create_key: Option<String> as String = None, "PARLOR_CREATE_KEY", hide_env_values = true;
    /// Further origins whose pages may connect, like `https://example.org`
    origins: Vec<String> as Vec<String> = Vec::new(), "PARLOR_ORIGINS", value_delimiter = ',';
    /// Addresses of reverse proxies whose `X-Forwarded-For` is believed
    trusted_proxies: Vec<IpAddr> as Vec<IpAddr> = Vec::new(), "PARLOR_TRUSTED_PROXIES", value_delimiter = ',';
    /// STUN servers handed to clients, like `stun:example.org:3478`
    stun: Vec<String> as Vec<String> = Vec::new(), "PARLOR_STUN", value_delimiter = ',';
    /// TURN servers handed to clients, like `turn:example.org:3478?transport=udp`
    turn: Vec<String> as Vec<String> = Vec::new(), "PARLOR_TURN", value_delimiter = ',';
    /// User name for the TURN servers; with `turn_secret` the name within the made user name
    turn_username: Option<String> as String = None, "PARLOR_TURN_USERNAME";
    /// Long-term credential for the TURN servers
    turn_credential: Option<String> as String = None, "PARLOR_TURN_CREDENTIAL", hide_env_values = true;
    /// Secret shared with the TURN servers, from which a credential is made for each join
    turn_secret: Option<String> as String = None, "PARLOR_TURN_SECRET", hide_env_values = true;
    /// Seconds a credential made from `turn_secret` is good for
    turn_ttl_s: u32 as u32 = 86_400, "PARLOR_TURN_TTL_S";
    /// What is logged, in the syntax of tracing's `EnvFilter`; libraries from info on only, since below that they write whole messages
    log: String as String = "info".to_owned(), "PARLOR_LOG";
    /// How log lines look
    log_format: LogFormat as LogFormat = LogFormat::Pretty, "PARLOR_LOG_FORMAT";

    /// Longest message in bytes
    message_bytes: u32 as u32 = limits::MESSAGE_BYTES as u32, "PARLOR_MESSAGE_BYTES";
    /// Peers in a room
    room_peers: u32 as u32 = limits::ROOM_PEERS as u32, "PARLOR_ROOM_PEERS";
    /// Seconds a room outlives its last peer
    room_ttl_s: u32 as u32 = limits::ROOM_TTL_S, "PARLOR_ROOM_TTL_S";
    /// Milliseconds the seat of a dropped peer is kept
    seat_grace_ms: u64 as u64 = limits::SEAT_GRACE_MS, "PARLOR_SEAT_GRACE_MS";
    /// Rooms at a time
    max_rooms: u32 as u32 = 10_000, "PARLOR_MAX_ROOMS";
    /// Sockets at a time
    max_sockets: u32 as u32 = 10_000, "PARLOR_MAX_SOCKETS";
    /// Sockets at a time from one address
    max_sockets_per_address: u32 as u32 = 256, "PARLOR_MAX_SOCKETS_PER_ADDRESS";
    /// TCP connections at a time
    max_connections: u32 as u32 = 20_000, "PARLOR_MAX_CONNECTIONS";
    /// TCP connections at a time from one address
    max_connections_per_address: u32 as u32 = 512, "PARLOR_MAX_CONNECTIONS_PER_ADDRESS";
    /// Sockets of the plain dialect at a time
    max_plain_sockets: u32 as u32 = 64, "PARLOR_MAX_PLAIN_SOCKETS";
    /// Milliseconds between two pings of a socket
    ping_interval_ms: u64 as u64 = limits::ENGINE_PING_INTERVAL_MS, "PARLOR_PING_INTERVAL_MS";
    /// Milliseconds a socket has to answer a ping
    ping_timeout_ms: u64 as u64 = limits::ENGINE_PING_TIMEOUT_MS, "PARLOR_PING_TIMEOUT_MS";
    /// Milliseconds after which a connection that takes no byte, or gives none, is cut off
    stall_timeout_ms: u64 as u64 = 15_000, "PARLOR_STALL_TIMEOUT_MS";
    /// Messages a second from one socket; a message costs one, and one more for every 4 KiB
    socket_rate: u32 as u32 = 100, "PARLOR_SOCKET_RATE";
    /// Messages at once from one socket
    socket_burst: u32 as u32 = 1_000, "PARLOR_SOCKET_BURST";
    /// Messages a second from one address
    address_rate: u32 as u32 = 1_000, "PARLOR_ADDRESS_RATE";
    /// Messages at once from one address
    address_burst: u32 as u32 = 10_000, "PARLOR_ADDRESS_BURST";
    /// Signals a second within one room
    room_rate: u32 as u32 = 500, "PARLOR_ROOM_RATE";
    /// Signals at once within one room
    room_burst: u32 as u32 = 10_000, "PARLOR_ROOM_BURST";
    /// Joins a second from one address
    join_rate: u32 as u32 = 10, "PARLOR_JOIN_RATE";
    /// Joins at once from one address
    join_burst: u32 as u32 = 200, "PARLOR_JOIN_BURST";
    /// Requests for a new socket, or of long-polling, a second from one address
    request_rate: u32 as u32 = 100, "PARLOR_REQUEST_RATE";
    /// Requests for a new socket, or of long-polling, at once from one address
    request_burst: u32 as u32 = 1_000, "PARLOR_REQUEST_BURST";
    /// Milliseconds a shutdown in order may take
    shutdown_ms: u64 as u64 = 5_000, "PARLOR_SHUTDOWN_MS";
    /// Milliseconds after which clients are told to come back when the server closes
    closing_retry_ms: u32 as u32 = 1_000, "PARLOR_CLOSING_RETRY_MS";
}

impl Config {
    /// For a server inside another program: a free port of the loopback address, nothing for plain clients, no name but its own addresses,
    /// and no pages but its own.
    pub fn embedded() -> Self {
        Self {
            plain: false,
            polling: false,
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            hosts: vec!["localhost".to_owned()],
            local_pages: false,
            ..Self::default()
        }
    }

    /// Puts the sources together and checks the result: `given` (flags and environment) over the file over the defaults.
    ///
    /// # Errors
    /// The file cannot be read, a key does not exist, or a value cannot be.
    pub fn load(given: Overrides, file: Option<&Path>) -> Result<Self, ServerError> {
        let mut config = Self::default();
        if let Some(path) = file {
            let text = std::fs::read_to_string(path)
                .map_err(|source| ServerError::FileUnreadable { path: path.to_owned(), source })?;
            let overrides: Overrides = toml::from_str(&text)
                .map_err(|source| ServerError::FileInvalid { path: path.to_owned(), source: Box::new(source) })?;
            overrides.apply(&mut config);
        }
        given.apply(&mut config);
        config.check()?;
        Ok(config)
    }

    /// What the machines keep.
    pub(crate) fn limits(&self) -> Limits {
        Limits {
            message_bytes: self.message_bytes,
            room_peers: self.room_peers,
            room_ttl_s: self.room_ttl_s,
            create_key: self.create_key.as_deref().and_then(SecretHash::of_text),
            seat_grace_ms: self.seat_grace_ms,
            max_rooms: self.max_rooms as usize,
            max_sockets: self.max_sockets as usize,
            max_sockets_per_address: self.max_sockets_per_address,
            socket: Rate { per_s: self.socket_rate, burst: self.socket_burst },
            address: Rate { per_s: self.address_rate, burst: self.address_burst },
            room: Rate { per_s: self.room_rate, burst: self.room_burst },
            join: Rate { per_s: self.join_rate, burst: self.join_burst },
        }
    }

    /// Whether the values can be.
    ///
    /// # Errors
    /// Names the first key that is wrong and what is allowed.
    pub fn check(&self) -> Result<(), ServerError> {
        self.check_numbers()?;
        if self.create_key.as_deref().is_some_and(|key| SecretHash::of_text(key).is_none()) {
            return Err(wrong("create_key", "…", "32 bytes in base64url without padding, which are 43 characters"));
        }
        for name in &self.hosts {
            if !host::is_host(name) {
                return Err(wrong("hosts", name, "a name or address as requests call it, like parlor.example:8443"));
            }
        }
        for origin in &self.origins {
            if !origin::is_origin(origin) {
                return Err(wrong(
                    "origins",
                    origin,
                    "an origin is a scheme and a host, like https://example.org:8443, without a path",
                ));
            }
        }
        for url in &self.stun {
            if !has_scheme(url, &["stun:", "stuns:"]) {
                return Err(wrong("stun", url, "a STUN server is stun:HOST or stun:HOST:PORT"));
            }
        }
        for url in &self.turn {
            if !has_scheme(url, &["turn:", "turns:"]) {
                return Err(wrong(
                    "turn",
                    url,
                    "a TURN server is turn:HOST:PORT or turns:HOST:PORT, with ?transport=udp or tcp if need be",
                ));
            }
        }
        let secret = self.turn_secret.is_some();
        let long_term = self.turn_username.is_some() && self.turn_credential.is_some();
        if !self.turn.is_empty() && !secret && !long_term {
            return Err(wrong(
                "turn",
                &self.turn.join(","),
                "TURN needs turn_username and turn_credential, or turn_secret",
            ));
        }
        if secret && self.turn_credential.is_some() {
            return Err(wrong("turn_credential", "…", "either turn_credential or turn_secret, not both"));
        }
        if let Some(folder) = &self.ui
            && !folder.join("index.html").is_file()
        {
            return Err(wrong("ui", &folder.display().to_string(), "a folder that holds index.html"));
        }
        if tracing_subscriber::EnvFilter::try_new(&self.log).is_err() {
            return Err(wrong(
                "log",
                &self.log,
                "a level (error, warn, info, debug, trace), or target=level pairs with commas",
            ));
        }
        Ok(())
    }

    fn check_numbers(&self) -> Result<(), ServerError> {
        let ranges = [
            ("message_bytes", u64::from(self.message_bytes), 1_024, 1 << 20, "1024 to 1048576"),
            ("room_peers", u64::from(self.room_peers), 2, 256, "2 to 256"),
            ("room_ttl_s", u64::from(self.room_ttl_s), 0, 604_800, "0 to 604800 (a week)"),
            ("seat_grace_ms", self.seat_grace_ms, 0, 600_000, "0 to 600000 (ten minutes)"),
            ("turn_ttl_s", u64::from(self.turn_ttl_s), 60, 31_536_000, "60 to 31536000 (a year)"),
            ("ping_interval_ms", self.ping_interval_ms, 10, 600_000, "10 to 600000"),
            ("ping_timeout_ms", self.ping_timeout_ms, 10, 600_000, "10 to 600000"),
            ("stall_timeout_ms", self.stall_timeout_ms, 100, 600_000, "100 to 600000"),
            ("shutdown_ms", self.shutdown_ms, 100, 600_000, "100 to 600000"),
        ];
        for (key, value, least, most, allowed) in ranges {
            if !(least..=most).contains(&value) {
                return Err(wrong(key, &value.to_string(), allowed));
            }
        }
        if self.stall_timeout_ms <= self.ping_interval_ms {
            // A healthy socket is silent for a whole ping interval.
            return Err(wrong("stall_timeout_ms", &self.stall_timeout_ms.to_string(), "more than ping_interval_ms"));
        }
        let counts = [
            ("max_rooms", self.max_rooms),
            ("max_sockets", self.max_sockets),
            ("max_sockets_per_address", self.max_sockets_per_address),
            ("max_connections", self.max_connections),
            ("max_connections_per_address", self.max_connections_per_address),
            ("max_plain_sockets", self.max_plain_sockets),
            ("socket_rate", self.socket_rate),
            ("socket_burst", self.socket_burst),
            ("address_rate", self.address_rate),
            ("address_burst", self.address_burst),
            ("room_rate", self.room_rate),
            ("room_burst", self.room_burst),
            ("join_rate", self.join_rate),
            ("join_burst", self.join_burst),
            ("request_rate", self.request_rate),
            ("request_burst", self.request_burst),
        ];
        match counts.into_iter().find(|(_, value)| *value == 0) {
            Some((key, value)) => Err(wrong(key, &value.to_string(), "1 or more")),
            None => Ok(()),
        }
    }
}

fn has_scheme(url: &str, schemes: &[&str]) -> bool {
    schemes.iter().any(|scheme| url.strip_prefix(scheme).is_some_and(|rest| !rest.is_empty()))
}

fn wrong(key: &'static str, found: &str, allowed: &'static str) -> ServerError {
    ServerError::Setting { key, found: found.to_owned(), allowed }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn file(text: &str) -> tempfile::NamedTempFile {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(text.as_bytes()).unwrap();
        file
    }

    #[test]
    fn the_defaults_pass_their_own_check() {
        Config::default().check().unwrap();
        Config::embedded().check().unwrap();
        assert!(!Config::embedded().plain);
    }

    #[test]
    fn given_keys_win_over_the_file_and_the_file_over_defaults() {
        let file = file("listen = \"127.0.0.1:1\"\nroom_peers = 4\nturn = [\"turn:a:1\"]\nturn_secret = \"s\"\n");
        let given = Overrides { room_peers: Some(5), ..Overrides::default() };
        let config = Config::load(given, Some(file.path())).unwrap();
        assert_eq!(config.listen, SocketAddr::from(([127, 0, 0, 1], 1)));
        assert_eq!(config.room_peers, 5);
        assert_eq!(config.turn_secret.as_deref(), Some("s"));
        assert_eq!(config.room_ttl_s, 900);
    }

    #[test]
    fn a_wrong_key_or_value_is_named() {
        let cases = [
            ("lissten = \"x\"", "lissten"),
            ("room_peers = \"many\"", "room_peers"),
            ("room_peers = 1", "room_peers"),
            ("hosts = [\"https://a\"]", "hosts"),
            ("create_key = \"short\"", "create_key"),
            ("origins = [\"*\"]", "origins"),
            ("origins = [\"https://a/path\"]", "origins"),
            ("stun = [\"http://a\"]", "stun"),
            ("turn = [\"turn:a\"]", "turn_username"),
            ("socket_rate = 0", "socket_rate"),
            ("ui = \"/nowhere\"", "ui"),
            ("log = \"a=b=c\"", "log"),
            ("log_format = \"xml\"", "log_format"),
            ("stall_timeout_ms = 1000", "stall_timeout_ms"),
        ];
        for (text, key) in cases {
            let file = file(text);
            let error = Config::load(Overrides::default(), Some(file.path())).unwrap_err().to_string();
            assert!(error.contains(key), "{text}: {error}");
        }
    }
}
