//! Finding who waits behind a spoken code in the networks that this device is in.

use std::{
    collections::BTreeMap,
    net::{IpAddr, SocketAddr},
};

use mdns_sd::{Receiver, ResolvedService, ServiceDaemon, ServiceEvent};
use parlor_protocol::{host::NearbyRoom, limits::NAME_CHARS};

use super::{Neighbourhood, SERVICE, VERSION};

/// Rooms that are kept. Whoever floods the network with more hides others, no more.
const ROOMS: usize = 64;
/// Numbers that codes have.
const NUMBERS: std::ops::RangeInclusive<u32> = 1..=9_999;

/// A search that goes on. Dropped, it ends.
pub(crate) struct Search {
    daemon: ServiceDaemon,
    events: Receiver<ServiceEvent>,
    /// By the name of the service.
    rooms: BTreeMap<String, NearbyRoom>,
}

impl Search {
    /// Begins. None where there is nowhere to look; what goes wrong is logged, since everything works without.
    pub(crate) fn begin(neighbourhood: Neighbourhood) -> Option<Self> {
        let begun = neighbourhood.daemon().and_then(|daemon| {
            daemon
                .map(|daemon| {
                    let events = daemon.browse(SERVICE)?;
                    Ok(Self { daemon, events, rooms: BTreeMap::new() })
                })
                .transpose()
        });
        begun.inspect_err(|error| tracing::warn!(%error, "rooms nearby cannot be looked for")).ok().flatten()
    }

    /// Waits until something else is nearby than before, and returns all of it; pends for ever once the search has broken off.
    pub(crate) async fn changed(&mut self) -> Vec<NearbyRoom> {
        loop {
            let Ok(event) = self.events.recv_async().await else { return std::future::pending().await };
            let is_changed = match event {
                ServiceEvent::ServiceResolved(service) => self.resolved(&service),
                ServiceEvent::ServiceRemoved(_, name) => self.rooms.remove(&name).is_some(),
                _ => false,
            };
            if is_changed {
                return self.rooms.values().cloned().collect();
            }
        }
    }

    /// Whether a server was found nearby, so that no authority can vouch for it.
    pub(crate) fn knows(&self, server: &str) -> bool {
        self.rooms.values().any(|room| room.server == server)
    }

    fn resolved(&mut self, service: &ResolvedService) -> bool {
        let name = service.get_fullname();
        match room(service) {
            Some(room) if self.rooms.contains_key(name) || self.rooms.len() < ROOMS => {
                self.rooms.insert(name.to_owned(), room.clone()) != Some(room)
            }
            Some(_) => false,
            None => self.rooms.remove(name).is_some(),
        }
    }
}

impl Drop for Search {
    fn drop(&mut self) {
        if let Err(error) = self.daemon.shutdown() {
            tracing::debug!(%error, "the search for rooms nearby did not end in order");
        }
    }
}

/// What a service says of a room, if it says it as ours do.
fn room(service: &ResolvedService) -> Option<NearbyRoom> {
    if service.get_property_val_str("v") != Some(VERSION) || service.get_port() == 0 {
        return None;
    }
    let number = service.get_property_val_str("number")?.parse().ok().filter(|number| NUMBERS.contains(number))?;
    let addresses: Vec<IpAddr> = service.get_addresses().iter().map(mdns_sd::ScopedIp::to_ip_addr).collect();
    let address = reachable(&addresses)?;
    let said = service.get_property_val_str("name").unwrap_or_default();
    let name = said.chars().filter(|one| !one.is_control()).take(NAME_CHARS).collect();
    Some(NearbyRoom { name, server: format!("https://{}", SocketAddr::new(address, service.get_port())), number })
}

/// The first address, IPv4 before IPv6, that lies in a network of this device: an announcement sends nobody elsewhere. Link-local IPv6 is
/// left out, since a URL cannot hold its zone.
fn reachable(addresses: &[IpAddr]) -> Option<IpAddr> {
    let interfaces = if_addrs::get_if_addrs().ok()?;
    let mut near: Vec<IpAddr> = addresses
        .iter()
        .copied()
        .filter(|address| !matches!(address, IpAddr::V6(v6) if v6.is_unicast_link_local()))
        .filter(|address| interfaces.iter().any(|interface| is_in_network(*address, &interface.addr)))
        .collect();
    near.sort_by_key(|address| (address.is_ipv6(), *address));
    near.first().copied()
}

fn is_in_network(address: IpAddr, interface: &if_addrs::IfAddr) -> bool {
    match (address, interface) {
        (IpAddr::V4(address), if_addrs::IfAddr::V4(own)) => {
            let mask = own.netmask.to_bits();
            address.to_bits() & mask == own.ip.to_bits() & mask
        }
        (IpAddr::V6(address), if_addrs::IfAddr::V6(own)) => {
            let mask = own.netmask.to_bits();
            address.to_bits() & mask == own.ip.to_bits() & mask
        }
        _ => false,
    }
}
