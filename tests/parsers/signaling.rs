//! What a server says (crates/client reads it so): events of namespace `/room`.

use parlor_protocol::signaling::{PeerPresence, Reply, ServerClosing, SignalDelivered, event};
use parlor_tests::generator::feed;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

/// Whether it is one, and the same when it is read again from what it writes.
fn read<T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(value: &Value) -> bool {
    let Ok(read) = T::deserialize(value) else { return false };
    assert_eq!(T::deserialize(serde_json::to_value(&read).unwrap()).unwrap(), read);
    true
}

#[test]
fn events_of_a_server_are_read_or_refused() {
    feed("server-events", |input| {
        let Ok(Value::Array(parts)) = serde_json::from_slice(input) else { return false };
        let [Value::String(name), value, ..] = parts.as_slice() else { return false };
        match name.as_str() {
            event::REPLY => read::<Reply>(value),
            event::PEER_JOINED | event::PEER_LEFT => read::<PeerPresence>(value),
            event::SIGNAL => read::<SignalDelivered>(value),
            event::SERVER_CLOSING => read::<ServerClosing>(value),
            _ => false,
        }
    });
}
