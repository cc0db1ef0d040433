//! The extractor that hands a handler the text of an event as it came.

use std::{convert::Infallible, sync::Arc};

use socketioxide::{adapter::Adapter, handler::FromMessageParts, socket::Socket};
use socketioxide_core::{Str, Value};

use crate::request::RawEvent;

/// An event, undecoded.
pub struct Received {
    text: Str,
    has_binary: bool,
}

impl Received {
    /// For reading.
    pub fn raw(&self) -> RawEvent<'_> {
        RawEvent { text: self.text.as_str(), has_binary: self.has_binary }
    }
}

impl<A: Adapter> FromMessageParts<A> for Received {
    type Error = Infallible;

    fn from_message_parts(_: &Arc<Socket<A>>, value: &mut Value, _: &Option<i64>) -> Result<Self, Infallible> {
        Ok(match value {
            Value::Str(text, binary) => {
                Self { text: text.clone(), has_binary: binary.as_ref().is_some_and(|parts| !parts.is_empty()) }
            }
            Value::Bytes(_) => Self { text: Str::default(), has_binary: true },
        })
    }
}
