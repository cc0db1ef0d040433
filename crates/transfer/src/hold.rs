//! Who holds a transfer up: the user here, the one on the other side, or both (docs/protocol.md, section 5.2, `pause`).

/// Holds of both sides.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Hold {
    /// Lasts over connections; said anew on each.
    pub(crate) here: bool,
    /// As last said on this connection.
    pub(crate) there: bool,
}

impl Hold {
    /// Neither side holds it.
    pub(crate) fn is_free(self) -> bool {
        !self.here && !self.there
    }
}
