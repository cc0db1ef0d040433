//! How many connections may be open, in all and from one address.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use crate::address::AddressKey;

/// The places there are.
#[derive(Debug)]
pub struct Slots {
    most: usize,
    most_per_address: u32,
    taken: Mutex<Taken>,
}

#[derive(Debug, Default)]
struct Taken {
    all: usize,
    by_address: HashMap<AddressKey, u32>,
}

/// A place, given back when dropped.
#[derive(Debug)]
pub struct Slot {
    slots: Arc<Slots>,
    address: Option<AddressKey>,
}

impl Slots {
    /// All places are free.
    pub fn new(most: usize, most_per_address: u32) -> Arc<Self> {
        Arc::new(Self { most, most_per_address, taken: Mutex::default() })
    }

    /// Takes a place, if there is one. Without an address (a trusted proxy) only the whole counts.
    pub fn take(self: &Arc<Self>, address: Option<AddressKey>) -> Option<Slot> {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if taken.all >= self.most {
            return None;
        }
        if let Some(address) = address {
            let count = taken.by_address.get(&address).copied().unwrap_or(0);
            if count >= self.most_per_address {
                return None;
            }
            taken.by_address.insert(address, count + 1);
        }
        taken.all += 1;
        Some(Slot { slots: Arc::clone(self), address })
    }

    /// Places taken now.
    pub fn taken(&self) -> usize {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner).all
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let mut taken = self.slots.taken.lock().unwrap_or_else(PoisonError::into_inner);
        taken.all = taken.all.saturating_sub(1);
        if let Some(address) = self.address
            && let Some(count) = taken.by_address.get_mut(&address)
        {
            *count = count.saturating_sub(1);
            if *count == 0 {
                taken.by_address.remove(&address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_bounded_and_come_back() {
        let slots = Slots::new(3, 2);
        let (a, b) = (Some(AddressKey::V4([1; 4])), Some(AddressKey::V4([2; 4])));
        let first = slots.take(a).unwrap();
        let _second = slots.take(a).unwrap();
        assert!(slots.take(a).is_none(), "two from one address");
        let _third = slots.take(b).unwrap();
        assert!(slots.take(None).is_none(), "three in all");
        drop(first);
        assert!(slots.take(a).is_some());
        assert_eq!(slots.taken(), 2);
    }
}
