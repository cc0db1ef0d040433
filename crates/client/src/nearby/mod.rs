//! Rooms nearby: a spoken code that waits at a server in the local network is announced there over mDNS (RFC 6762) as a service (RFC 6763), and
//! those of others are found (docs/protocol.md, section 7.6).
//!
//! Promises: an announcement holds a name, an address and the number of a code, no word of it; what is found is a hint and nothing more: bounded,
//! cleaned, and at an address of a network that this device is in. Leaves to others: proving who is there (the code does).

mod announcement;
mod search;

pub(crate) use announcement::Announcement;
pub(crate) use search::Search;

use mdns_sd::{IfKind, ServiceDaemon};

/// What it is called among services.
const SERVICE: &str = "_parlor._tcp.local.";
/// The version that the properties say.
const VERSION: &str = "1";

/// Where rooms nearby are announced and looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Neighbourhood {
    /// Nowhere.
    #[default]
    Nowhere,
    /// In the networks this device is in.
    Networks,
    /// Among programs of this device, over loopback.
    Device,
}

impl Neighbourhood {
    /// One that speaks on these interfaces only; none for nowhere.
    fn daemon(self) -> Result<Option<ServiceDaemon>, mdns_sd::Error> {
        let loopback = || vec![IfKind::LoopbackV4, IfKind::LoopbackV6];
        let daemon = match self {
            Self::Nowhere => return Ok(None),
            Self::Networks => {
                let daemon = ServiceDaemon::new()?;
                daemon.disable_interface(loopback())?;
                daemon
            }
            Self::Device => {
                let daemon = ServiceDaemon::new()?;
                daemon.disable_interface(IfKind::All)?;
                daemon.enable_interface(IfKind::LoopbackV4)?;
                daemon
            }
        };
        Ok(Some(daemon))
    }
}
