//! Token buckets on a clock that is handed in.

use std::collections::HashMap;

use crate::address::AddressKey;

/// How fast and how much at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// Tokens that come back each second.
    pub per_s: u32,
    /// Tokens a full bucket holds.
    pub burst: u32,
}

/// A bucket that is full at first. Counts in thousandths of a token, so that nothing is lost to rounding.
#[derive(Debug, Clone, Copy)]
pub struct TokenBucket {
    rate: Rate,
    millitokens: u64,
    counted_ms: u64,
}

impl TokenBucket {
    /// A full bucket.
    pub fn new(rate: Rate, now_ms: u64) -> Self {
        Self { rate, millitokens: u64::from(rate.burst) * 1_000, counted_ms: now_ms }
    }

    fn refill(&mut self, now_ms: u64) {
        let passed_ms = now_ms.saturating_sub(self.counted_ms);
        let full = u64::from(self.rate.burst) * 1_000;
        self.millitokens =
            full.min(self.millitokens.saturating_add(passed_ms.saturating_mul(u64::from(self.rate.per_s))));
        self.counted_ms = self.counted_ms.max(now_ms);
    }

    /// Milliseconds until `cost` tokens are there; 0 if they are. A cost over the burst counts as the burst.
    pub fn wait_ms(&mut self, cost: u32, now_ms: u64) -> u64 {
        self.refill(now_ms);
        let wanted = u64::from(cost.min(self.rate.burst)) * 1_000;
        wanted.saturating_sub(self.millitokens).div_ceil(u64::from(self.rate.per_s.max(1)))
    }

    /// Takes `cost` tokens; the caller has asked [`Self::wait_ms`] first, what is not there is not owed.
    pub fn take(&mut self, cost: u32) {
        self.millitokens = self.millitokens.saturating_sub(u64::from(cost) * 1_000);
    }

    /// Takes `cost` tokens if they are there.
    ///
    /// # Errors
    /// The milliseconds until they are.
    pub fn try_take(&mut self, cost: u32, now_ms: u64) -> Result<(), u64> {
        match self.wait_ms(cost, now_ms) {
            0 => {
                self.take(cost);
                Ok(())
            }
            wait_ms => Err(wait_ms),
        }
    }

    /// Full buckets need not be kept: a new one would be the same.
    pub fn is_full(&mut self, now_ms: u64) -> bool {
        self.wait_ms(self.rate.burst, now_ms) == 0
    }
}

/// A bucket for each address. Holds only addresses whose bucket is not full, and at most [`Self::MOST`].
#[derive(Debug)]
pub struct AddressBuckets {
    rate: Rate,
    buckets: HashMap<AddressKey, TokenBucket>,
    swept_at: usize,
}

impl AddressBuckets {
    /// Beyond this many addresses at a time all new ones are refused: somebody plays with addresses.
    pub const MOST: usize = 100_000;

    /// No address is known.
    pub fn new(rate: Rate) -> Self {
        Self { rate, buckets: HashMap::new(), swept_at: 1_024 }
    }

    /// The bucket of an address, unless there are too many.
    pub fn get(&mut self, address: AddressKey, now_ms: u64) -> Option<&mut TokenBucket> {
        if self.buckets.len() >= self.swept_at {
            self.buckets.retain(|_, bucket| !bucket.is_full(now_ms));
            // The next sweep comes when as many again were added, so that sweeping costs a constant for each.
            self.swept_at = (self.buckets.len() * 2).clamp(1_024, Self::MOST);
        }
        if self.buckets.len() >= Self::MOST && !self.buckets.contains_key(&address) {
            return None;
        }
        Some(self.buckets.entry(address).or_insert_with(|| TokenBucket::new(self.rate, now_ms)))
    }

    /// Takes `cost` tokens of an address.
    ///
    /// # Errors
    /// The milliseconds until they are there.
    pub fn try_take(&mut self, address: AddressKey, cost: u32, now_ms: u64) -> Result<(), u64> {
        self.get(address, now_ms).ok_or(1_000_u64)?.try_take(cost, now_ms)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_bucket_says_exactly_when_to_come_back() {
        let mut bucket = TokenBucket::new(Rate { per_s: 3, burst: 2 }, 0);
        assert_eq!(bucket.try_take(2, 0), Ok(()));
        assert_eq!(bucket.try_take(1, 0), Err(334));
        assert_eq!(bucket.try_take(1, 333), Err(1));
        assert_eq!(bucket.try_take(1, 334), Ok(()));
    }

    #[test]
    fn addresses_at_rest_are_forgotten() {
        let mut addresses = AddressBuckets::new(Rate { per_s: 1_000, burst: 1 });
        for index in 0..10_000_u32 {
            assert_eq!(addresses.try_take(AddressKey::V4(index.to_be_bytes()), 1, u64::from(index)), Ok(()));
        }
        assert!(addresses.buckets.len() <= 1_024);
    }

    proptest! {
        #[test]
        fn never_more_than_burst_and_rate_pass(
            per_s in 1_u32..1_000,
            burst in 1_u32..1_000,
            asks in proptest::collection::vec((0_u64..2_000, 1_u32..50), 1..200),
        ) {
            let mut bucket = TokenBucket::new(Rate { per_s, burst }, 0);
            let (mut now_ms, mut passed) = (0, 0_u64);
            for (step_ms, cost) in asks {
                now_ms += step_ms;
                let cost = cost.min(burst);
                match bucket.try_take(cost, now_ms) {
                    Ok(()) => passed += u64::from(cost),
                    Err(wait_ms) => {
                        let mut later = bucket;
                        prop_assert_eq!(later.try_take(cost, now_ms + wait_ms), Ok(()));
                    }
                }
                prop_assert!(passed * 1_000 <= u64::from(burst) * 1_000 + now_ms * u64::from(per_s));
            }
        }
    }
}
