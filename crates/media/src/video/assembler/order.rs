//! Places packets by their sequence numbers (RFC 3550, appendix A.1, in spirit): 16 bits that wrap become 64 that do not.

use super::PACKETS;

/// Where a packet belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Here.
    At(u64),
    /// Long past.
    Late,
    /// Here, and the sender counts anew: no packet from before belongs to the same row.
    Anew(u64),
}

/// The highest sequence number so far.
#[derive(Debug, Default)]
pub(super) struct Order {
    highest: Option<u64>,
    /// The last one that was long past. A second one in a row right behind it is no straggler.
    stray: Option<u16>,
}

impl Order {
    pub(super) fn place(&mut self, sequence: u16) -> Place {
        let Some(highest) = self.highest else {
            // Room below for packets that were overtaken by the first.
            let first = 0x1_0000 + u64::from(sequence);
            self.highest = Some(first);
            return Place::At(first);
        };
        let [.., high, low] = highest.to_be_bytes();
        let steps = sequence.wrapping_sub(u16::from_be_bytes([high, low])).cast_signed();
        if usize::from(steps.unsigned_abs()) <= PACKETS || steps > 0 {
            self.stray = None;
            let at = highest.saturating_add_signed(i64::from(steps));
            self.highest = Some(highest.max(at));
            Place::At(at)
        } else if self.stray == Some(sequence.wrapping_sub(1)) {
            self.stray = None;
            let at = (highest & !0xffff) + 0x2_0000 + u64::from(sequence);
            self.highest = Some(at);
            Place::Anew(at)
        } else {
            self.stray = Some(sequence);
            Place::Late
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_go_on_rising_where_they_wrap() {
        let mut order = Order::default();
        let places: Vec<_> = [65_534, 65_535, 1, 0, 65_533, 2].map(|sequence| order.place(sequence)).into();
        assert_eq!(places, [0x1_fffe, 0x1_ffff, 0x2_0001, 0x2_0000, 0x1_fffd, 0x2_0002].map(Place::At));
    }

    #[test]
    fn stragglers_are_late_and_a_row_of_them_is_a_new_beginning() {
        let mut order = Order::default();
        order.place(30_000);
        assert_eq!(order.place(20_000), Place::Late);
        assert_eq!(order.place(10_000), Place::Late);
        assert_eq!(order.place(30_001), Place::At(0x1_0000 + 30_001));
        assert_eq!(order.place(10_001), Place::Late);
        assert_eq!(order.place(10_002), Place::Anew(0x3_0000 + 10_002));
        assert_eq!(order.place(10_003), Place::At(0x3_0000 + 10_003));
    }
}
