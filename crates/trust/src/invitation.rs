//! Invitations (docs/protocol.md, section 2): a server's base URL, a secret, and where no authority vouches for the server the fingerprint of
//! its certificate, as a link for browsers or for the app.
//!
//! Promises: what is printed reads back as the same; the secret stands behind `#` only, so that no server sees it; it is wiped when
//! dropped and not shown by `Debug`; errors tell a link of another version from a text that is no link at all; what the system hands
//! over by itself is read to the letter ([`Invitation::from_app_link`]).
//! Leaves to others: what the secret opens ([`RoomKeys`]).

use std::{fmt, str::FromStr};

use zeroize::Zeroizing;

use crate::{
    decode_b64,
    derivation::{Key, RoomKeys},
    encode_b64,
    error::TrustError,
    fingerprint::Fingerprint,
};

/// Longest link that is looked at, in bytes: longer than any server's URL, short enough for a form field.
const LINK_BYTES: usize = 4096;
/// Longest base URL of a server, in bytes: with every one of them encoded, the app's form of the link still fits.
const SERVER_BYTES: usize = 1024;
const APP_PREFIX: &str = "parlor://join?server=";

/// An invitation into one room on one server. Whoever holds it may enter.
#[derive(Clone, PartialEq, Eq)]
pub struct Invitation {
    server: String,
    secret: Key,
    pin: Option<Fingerprint>,
}

impl Invitation {
    /// An invitation with a fresh random secret.
    ///
    /// # Errors
    /// [`TrustError::NotAnInvitation`] when `server` is no base URL: http or https, no user info, query or fragment.
    pub fn new(server: &str, secret: [u8; 32]) -> Result<Self, TrustError> {
        Ok(Self { server: base_url(server)?, secret: Zeroizing::new(secret), pin: None })
    }

    /// The same, to a server whose certificate must be the one with this fingerprint, whatever authorities say.
    ///
    /// # Errors
    /// [`TrustError::NotAnInvitation`] when the server is not https: nothing shows a certificate there.
    pub fn with_pin(self, pin: Fingerprint) -> Result<Self, TrustError> {
        let is_https = self.server.starts_with("https://");
        if is_https { Ok(Self { pin: Some(pin), ..self }) } else { Err(TrustError::NotAnInvitation) }
    }

    /// Fingerprint of the server's certificate, where the invitation names one.
    pub fn pin(&self) -> Option<Fingerprint> {
        self.pin
    }

    /// Base URL of the server, without `/` at the end.
    pub fn server(&self) -> &str {
        &self.server
    }

    pub(crate) fn secret(&self) -> &Key {
        &self.secret
    }

    /// What the secret opens.
    pub fn keys(&self) -> RoomKeys {
        RoomKeys::new(&self.secret)
    }

    /// The link for a browser: `<base URL>/#v1.<secret>`, and `.<pin>` behind it if there is one. Holds the secret: for people, never for logs.
    pub fn link(&self) -> String {
        format!("{}/{}", self.server, self.fragment())
    }

    /// The link that opens the app: `parlor://join?server=<percent-encoded base URL>#v1.<secret>`, and `.<pin>` as above. Holds the secret.
    pub fn app_link(&self) -> String {
        format!("{APP_PREFIX}{}{}", percent_encode(&self.server), self.fragment())
    }

    fn fragment(&self) -> String {
        let pin = self.pin.map(|pin| format!(".{}", encode_b64(&pin.0))).unwrap_or_default();
        format!("#v1.{}{pin}", encode_b64(self.secret.as_slice()))
    }

    /// Reads a link that the system hands over because it begins with `parlor:`. Whoever followed it may not have seen it, so this is
    /// stricter than reading what somebody pasted: exactly as [`Self::app_link`] prints it, of at most 4096 bytes.
    ///
    /// # Errors
    /// [`TrustError::InvitationVersion`] for a link of another version, [`TrustError::NotAnInvitation`] for every other text.
    pub fn from_app_link(text: &str) -> Result<Self, TrustError> {
        if !text.starts_with(APP_PREFIX) || text.trim() != text {
            return Err(TrustError::NotAnInvitation);
        }
        let invitation: Self = text.parse()?;
        // One form for each invitation: whatever else reads as the same was not printed by a client of this protocol.
        let is_printed_so = *Zeroizing::new(invitation.app_link()) == text;
        if is_printed_so { Ok(invitation) } else { Err(TrustError::NotAnInvitation) }
    }
}

impl FromStr for Invitation {
    type Err = TrustError;

    /// Reads either form of link. White space around it is cut.
    fn from_str(text: &str) -> Result<Self, TrustError> {
        let link = text.trim();
        let (head, fragment) = link.split_once('#').ok_or(TrustError::NotAnInvitation)?;
        if link.len() > LINK_BYTES {
            return Err(TrustError::NotAnInvitation);
        }
        let server = base_url(&server_part(head)?)?;
        let (version, encoded) =
            fragment.strip_prefix('v').and_then(|rest| rest.split_once('.')).ok_or(TrustError::NotAnInvitation)?;
        let is_version = (1..=9).contains(&version.len()) && version.bytes().all(|byte| byte.is_ascii_digit());
        let is_b64 = |part: &str| part.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
        let (encoded, pin) = encoded.split_once('.').map_or((encoded, None), |(secret, pin)| (secret, Some(pin)));
        if !is_version || !is_b64(encoded) || !pin.is_none_or(is_b64) {
            return Err(TrustError::NotAnInvitation);
        }
        if version != "1" {
            return Err(TrustError::InvitationVersion);
        }
        let secret = Zeroizing::new(decode_b64(encoded).ok_or(TrustError::NotAnInvitation)?);
        let invitation = Self { server, secret, pin: None };
        match pin {
            None => Ok(invitation),
            Some(pin) => invitation.with_pin(Fingerprint(decode_b64(pin).ok_or(TrustError::NotAnInvitation)?)),
        }
    }
}

impl fmt::Debug for Invitation {
    /// Without the secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Invitation").field("server", &self.server).finish_non_exhaustive()
    }
}

/// What stands for the server before the `#`.
fn server_part(head: &str) -> Result<String, TrustError> {
    let is_app_link = head.get(.."parlor:".len()).is_some_and(|scheme| scheme.eq_ignore_ascii_case("parlor:"));
    if !is_app_link {
        return Ok(head.to_owned());
    }
    head.strip_prefix(APP_PREFIX).and_then(percent_decode).ok_or(TrustError::NotAnInvitation)
}

/// A server's base URL in the form an invitation holds: scheme in lower case, no `/` at the end.
///
/// # Errors
/// [`TrustError::NotAnInvitation`] when it is none: http or https, no user info, query or fragment.
pub fn base_url(text: &str) -> Result<String, TrustError> {
    let checked = || {
        // One rule for every place a URL is read: visible ASCII, no quotes, backslashes or brackets that other parsers bend.
        let is_plain =
            |byte: u8| matches!(byte, b'!' | b'#'..=b';' | b'=' | b'?'..=b'[' | b']' | b'_' | b'a'..=b'z' | b'~');
        let (scheme, rest) = text.split_once("://")?;
        let scheme = scheme.to_ascii_lowercase();
        // Counted without what is cut off, so that a link is read as it is printed.
        if text.trim_end_matches('/').len() > SERVER_BYTES
            || !text.bytes().all(is_plain)
            || !matches!(scheme.as_str(), "http" | "https")
            || rest.contains(['?', '#'])
        {
            return None;
        }
        let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        is_authority(authority).then(|| format!("{scheme}://{authority}{}", path.trim_end_matches('/')))
    };
    checked().ok_or(TrustError::NotAnInvitation)
}

/// `host`, `host:port`, `[v6]` or `[v6]:port`; no user info.
fn is_authority(text: &str) -> bool {
    let (host_is_right, port) = if let Some((v6, rest)) = text.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        let digits = !v6.is_empty() && v6.bytes().all(|byte| byte.is_ascii_hexdigit() || matches!(byte, b':' | b'.'));
        (digits, rest)
    } else {
        let (host, port) = text.split_at(text.find(':').unwrap_or(text.len()));
        (!host.is_empty() && !host.contains(['@', '[', ']']), port)
    };
    let port_is_right = match port.strip_prefix(':') {
        None => port.is_empty(),
        Some(digits) => (1..=5).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit()),
    };
    host_is_right && port_is_right
}

/// Everything but RFC 3986's unreserved characters is encoded, so that both twins print the same link.
fn percent_encode(text: &str) -> String {
    text.bytes().fold(String::with_capacity(text.len() * 2), |mut encoded, byte| {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
        encoded
    })
}

/// None when an escape is broken or the result is no UTF-8.
fn percent_decode(text: &str) -> Option<String> {
    let mut decoded = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        if byte == b'%' {
            let mut digit = || char::from(bytes.next()?).to_digit(16);
            decoded.push(u8::try_from(digit()? << 4 | digit()?).ok()?);
        } else {
            decoded.push(byte);
        }
    }
    String::from_utf8(decoded).ok()
}
