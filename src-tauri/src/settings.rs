//! What the user chose, kept between starts.
//!
//! Promises: loading never fails: a stored value that is unknown or broken falls back to its default, alone. What the page asks to
//! store is repaired by the same rules. The folder for received files is only ever one that the user picked in a native
//! dialog, so that a page cannot point downloads elsewhere. Leaves to others: what the engine does with them (`state`).

use std::path::{Path, PathBuf};

use parlor_client::DeviceId;
use parlor_protocol::{limits::NAME_CHARS, signaling::IceServer};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Longest device id or URL that is kept, in bytes: browsers' ids have 64, the rest is room.
const TEXT_BYTES: usize = 512;
/// STUN and TURN servers that are kept: browsers warn from five on.
const ICE_SERVERS: usize = 16;
/// URLs of one of them.
const ICE_URLS: usize = 8;
/// Devices that are remembered.
const ACQUAINTANCES: usize = 500;
/// Fastest limit that is one, in bytes a second.
const SPEED_LIMIT: u64 = 1_000_000_000_000;

/// As `Settings` in `ui/src/host/port.ts`, which says what each means.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Settings {
    pub name: String,
    pub theme: Theme,
    pub language: Language,
    pub camera_id: Option<String>,
    pub microphone_id: Option<String>,
    pub speaker_id: Option<String>,
    pub start_with_camera: bool,
    pub start_with_microphone: bool,
    pub ice_servers: Vec<IceServer>,
    pub relay_only: bool,
    pub server: String,
    pub network: Option<String>,
    pub download_folder: Option<String>,
    pub speed_limit: Option<u64>,
    pub show_device: bool,
    pub acquaintances: Vec<Acquaintance>,
}

/// A device that the user has compared with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Acquaintance {
    pub device: String,
    pub name: String,
    pub compared_at_ms: u64,
}

/// Colours of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Theme {
    System,
    Day,
    Evening,
}

/// Language of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    System,
    En,
    Ko,
}

impl Settings {
    /// What holds before the user chose anything.
    pub fn defaults(download_folder: &Path) -> Self {
        Self {
            name: String::new(),
            theme: Theme::System,
            language: Language::System,
            camera_id: None,
            microphone_id: None,
            speaker_id: None,
            start_with_camera: true,
            start_with_microphone: true,
            ice_servers: Vec::new(),
            relay_only: false,
            server: String::new(),
            network: None,
            download_folder: Some(download_folder.to_string_lossy().into_owned()),
            speed_limit: None,
            show_device: true,
            acquaintances: Vec::new(),
        }
    }

    /// Takes from `stored` what fits, value by value, and the rest from `defaults`.
    pub fn read(defaults: &Self, stored: impl Fn(&str) -> Option<Value>) -> Self {
        let mut object = defaults.to_object();
        let keys: Vec<String> = object.keys().cloned().collect();
        for key in keys {
            let Some(value) = stored(&key) else { continue };
            let before = object.insert(key.clone(), value);
            if serde_json::from_value::<Self>(Value::Object(object.clone())).is_err() {
                tracing::warn!(key, "a stored setting is broken; its default holds");
                object.extend(before.map(|value| (key, value)));
            }
        }
        serde_json::from_value(Value::Object(object))
            .map_or_else(|_| defaults.clone(), |read: Self| read.repaired(defaults))
    }

    /// The values by their names, as they are stored.
    pub fn to_object(&self) -> serde_json::Map<String, Value> {
        match serde_json::to_value(self) {
            Ok(Value::Object(object)) => object,
            // A struct of plain fields always becomes an object.
            _ => serde_json::Map::new(),
        }
    }

    /// Brings every value within its bounds; what cannot be brought there falls back.
    pub fn repaired(mut self, fallback: &Self) -> Self {
        self.name = self.name.trim().chars().take(NAME_CHARS).collect();
        for id in [&mut self.camera_id, &mut self.microphone_id, &mut self.speaker_id, &mut self.network] {
            id.take_if(|id| id.is_empty() || id.len() > TEXT_BYTES);
        }
        self.speed_limit.take_if(|limit| !(1..=SPEED_LIMIT).contains(limit));
        self.ice_servers.retain(is_ice_server);
        self.ice_servers.truncate(ICE_SERVERS);
        self.acquaintances
            .retain(|one| one.device.parse::<DeviceId>().is_ok() && one.name.chars().count() <= NAME_CHARS);
        self.acquaintances.truncate(ACQUAINTANCES);
        if !is_server(&self.server) {
            self.server.clone_from(&fallback.server);
        }
        if !self.download_folder.as_deref().is_some_and(|folder| Path::new(folder).is_absolute()) {
            self.download_folder.clone_from(&fallback.download_folder);
        }
        self
    }

    /// The folder for received files.
    pub fn folder(&self) -> Option<PathBuf> {
        self.download_folder.as_ref().map(PathBuf::from)
    }
}

fn is_ice_server(server: &IceServer) -> bool {
    let fits = |text: &Option<String>| text.as_ref().is_none_or(|text| text.len() <= TEXT_BYTES);
    (1..=ICE_URLS).contains(&server.urls.len())
        && server.urls.iter().all(|url| {
            let scheme = url.split_once(':').map(|(scheme, _)| scheme);
            url.len() <= TEXT_BYTES && matches!(scheme, Some("stun" | "stuns" | "turn" | "turns"))
        })
        && fits(&server.username)
        && fits(&server.credential)
}

/// Empty, or the base URL of a server (docs/protocol.md, section 2).
fn is_server(server: &str) -> bool {
    server.is_empty()
        || server.len() <= TEXT_BYTES
            && tauri::Url::parse(server).is_ok_and(|url| {
                matches!(url.scheme(), "http" | "https")
                    && url.username().is_empty()
                    && url.password().is_none()
                    && url.query().is_none()
                    && url.fragment().is_none()
            })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::json;

    use super::*;

    fn defaults() -> Settings {
        Settings::defaults(Path::new("/home/someone/Downloads/Parlor"))
    }

    fn acquaintance(name: &str) -> Acquaintance {
        // The key of RFC 8032, section 7.1, test 1.
        let device = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo".into();
        Acquaintance { device, name: name.into(), compared_at_ms: 1_700_000_000_000 }
    }

    fn read(stored: &Value) -> Settings {
        Settings::read(&defaults(), |key| stored.get(key).cloned())
    }

    #[test]
    fn one_broken_value_falls_back_alone() {
        let settings =
            read(&json!({ "name": "Ida", "theme": "neon", "relayOnly": "yes", "language": "ko", "more": 1 }));
        assert_eq!(settings, Settings { name: "Ida".into(), language: Language::Ko, ..defaults() });
    }

    #[test]
    fn what_was_stored_is_read_again() {
        let settings = Settings {
            name: "이다".into(),
            theme: Theme::Evening,
            camera_id: Some("c".into()),
            start_with_camera: false,
            ice_servers: vec![IceServer {
                urls: vec!["turn:relay.example:3478".into()],
                username: Some("u".into()),
                credential: Some("p".into()),
            }],
            relay_only: true,
            server: "https://rooms.example".into(),
            network: Some("wlan0".into()),
            speed_limit: Some(5_000_000),
            show_device: false,
            acquaintances: vec![acquaintance("Ida")],
            ..defaults()
        };
        assert_eq!(read(&Value::Object(settings.to_object())), settings);
    }

    #[test]
    fn values_out_of_bounds_are_repaired() {
        let stored = json!({
            "name": " ".repeat(3) + &"n".repeat(200),
            "cameraId": "c".repeat(TEXT_BYTES + 1),
            "network": "",
            "server": "https://user:word@rooms.example",
            "downloadFolder": "relative/folder",
            "speedLimit": 0,
            "acquaintances": [
                acquaintance("Ida"),
                Acquaintance { device: "A".repeat(43), ..acquaintance("small order") },
                acquaintance(&"n".repeat(NAME_CHARS + 1)),
            ],
            "iceServers": [{ "urls": ["javascript:1"] }, { "urls": [] }, { "urls": ["stun:a.example"] }],
        });
        let settings = read(&stored);
        assert_eq!(settings.name.chars().count(), NAME_CHARS);
        assert_eq!((settings.camera_id, settings.network), (None, None));
        assert_eq!(settings.server, "");
        assert_eq!(settings.speed_limit, None);
        assert_eq!(settings.download_folder, defaults().download_folder);
        assert_eq!(settings.acquaintances, [acquaintance("Ida")]);
        assert_eq!(settings.ice_servers.len(), 1);
    }
}
