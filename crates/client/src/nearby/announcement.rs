//! Telling the network that somebody waits here behind a spoken code.

use mdns_sd::{ServiceDaemon, ServiceInfo};
use url::{Host, Url};

use super::{Neighbourhood, SERVICE, VERSION};
use crate::random::random;

/// Longest name that is announced, in bytes.
const NAME_BYTES: usize = 200;

/// An announcement that stands. Dropped, it is taken back.
pub(crate) struct Announcement {
    daemon: ServiceDaemon,
    full_name: String,
}

impl Announcement {
    /// Announces that `name` waits at `server` behind the code of this number. None where there is nobody to tell, or nothing to find; what
    /// goes wrong is logged, since everything works without.
    pub(crate) fn make(neighbourhood: Neighbourhood, name: &str, server: &Url, number: u32) -> Option<Self> {
        let made = Self::try_make(neighbourhood, name, server, number);
        made.inspect_err(|error| tracing::warn!(%error, "a code could not be announced to the network")).ok().flatten()
    }

    fn try_make(
        neighbourhood: Neighbourhood,
        name: &str,
        server: &Url,
        number: u32,
    ) -> Result<Option<Self>, mdns_sd::Error> {
        let address = match server.host() {
            Some(Host::Ipv4(address)) => address.to_string(),
            Some(Host::Ipv6(address)) => address.to_string(),
            // A name is found by other ways.
            _ => return Ok(None),
        };
        let (Some(port), Some(daemon)) = (server.port_or_known_default(), neighbourhood.daemon()?) else {
            return Ok(None);
        };
        // Labels of its own each time: two of one name do not get into each other's way, and none is recognised later.
        let label = format!("{:016x}", u64::from_be_bytes(random()));
        let host = format!("parlor-{label}.local.");
        // A property with its key has 255 bytes.
        let (name, _) = name.split_at(name.floor_char_boundary(NAME_BYTES));
        let properties = [("v", VERSION), ("number", &number.to_string()), ("name", name)];
        let service = ServiceInfo::new(SERVICE, &label, &host, address.as_str(), port, &properties[..])?;
        let full_name = service.get_fullname().to_owned();
        daemon.register(service)?;
        Ok(Some(Self { daemon, full_name }))
    }
}

impl Drop for Announcement {
    fn drop(&mut self) {
        // Both are orders to its thread, carried out one after the other: a word to the network, and the end.
        let ended = self.daemon.unregister(&self.full_name).and_then(|_| self.daemon.shutdown());
        if let Err(error) = ended {
            tracing::warn!(%error, "an announcement was not taken back and will run out");
        }
    }
}
