//! Offers on the wire: what may be offered, and how a long offer is cut into messages of `control`.

use parlor_protocol::{
    control::{Control, OfferedEntry},
    id::TransferId,
    limits::{CONTROL_BYTES, OFFER_ENTRIES, SAFE_INTEGER},
};

use crate::{block::ENTRY_BYTES, error::TransferError, safe_names, texts::json_bytes};

/// Bytes left for what stands around the entries of a message: ids, counts, keys.
const AROUND_BYTES: usize = 512;

/// Brings the entries of a user into the form that is sent, and adds up their bytes.
pub(crate) fn prepare(mut entries: Vec<OfferedEntry>) -> Result<(Vec<OfferedEntry>, u64), TransferError> {
    if entries.is_empty() || entries.len() > OFFER_ENTRIES {
        return Err(TransferError::OfferInvalid);
    }
    for entry in &mut entries {
        for component in &mut entry.path {
            if component.contains(['/', '\\', '\0']) {
                *component = component.replace(['/', '\\', '\0'], "_");
            }
        }
        safe_names::check(&entry.path).map_err(|_| TransferError::OfferInvalid)?;
        entry.modified_ms = entry.modified_ms.filter(|time| *time <= SAFE_INTEGER);
    }
    let total = total_bytes(entries.iter().map(|entry| entry.size)).ok_or(TransferError::OfferInvalid)?;
    Ok((entries, total))
}

/// The sum of sizes; none when one or all are over what the wire can count.
pub(crate) fn total_bytes(mut sizes: impl Iterator<Item = u64>) -> Option<u64> {
    sizes.try_fold(0_u64, |sum, size| {
        let sum = sum.checked_add(size).filter(|sum| *sum <= SAFE_INTEGER)?;
        (size <= ENTRY_BYTES).then_some(sum)
    })
}

/// The messages that make an offer, each within [`CONTROL_BYTES`].
pub(crate) fn pages<'a>(
    transfer: TransferId,
    total_bytes: u64,
    entries: impl ExactSizeIterator<Item = &'a OfferedEntry>,
) -> Vec<Control> {
    let entry_count = u32::try_from(entries.len()).unwrap_or(u32::MAX);
    let mut pages = vec![Vec::new()];
    let mut bytes = AROUND_BYTES;
    for entry in entries {
        let entry_bytes = json_bytes(entry) + 1;
        if bytes + entry_bytes > CONTROL_BYTES {
            pages.push(Vec::new());
            bytes = AROUND_BYTES;
        }
        bytes += entry_bytes;
        if let Some(page) = pages.last_mut() {
            page.push(entry.clone());
        }
    }
    let last_index = pages.len() - 1;
    let controls = pages.into_iter().enumerate().map(|(index, entries)| {
        let last = index == last_index;
        match index {
            0 => Control::Offer { transfer, entry_count, total_bytes, entries, last },
            _ => Control::OfferEntries { transfer, entries, last },
        }
    });
    controls.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_of_the_longest_offer_fits_a_message() {
        let path: Vec<String> = ["\u{1}".repeat(255), "\"".repeat(255), "é".repeat(127), "x".repeat(255)].into();
        let entry = OfferedEntry { path, size: SAFE_INTEGER / OFFER_ENTRIES as u64, modified_ms: Some(SAFE_INTEGER) };
        let (entries, total) = prepare(vec![entry; OFFER_ENTRIES]).unwrap();
        let pages = pages(TransferId([255; 16]), total, entries.iter());
        assert!(pages.iter().all(|page| json_bytes(page) <= CONTROL_BYTES));
        let count: usize = pages
            .iter()
            .map(|page| match page {
                Control::Offer { entries, .. } | Control::OfferEntries { entries, .. } => entries.len(),
                other => panic!("{other:?}"),
            })
            .sum();
        assert_eq!(count, OFFER_ENTRIES);
    }

    #[test]
    fn what_no_offer_holds_is_refused_and_separators_are_replaced() {
        let entry = |path: &[&str], size| OfferedEntry {
            path: path.iter().map(ToString::to_string).collect(),
            size,
            modified_ms: None,
        };
        for bad in [vec![], vec![entry(&[".."], 1)], vec![entry(&[], 1)], vec![entry(&["a"], ENTRY_BYTES + 1)]] {
            assert_eq!(prepare(bad).unwrap_err(), TransferError::OfferInvalid);
        }
        let two = vec![entry(&["a"], ENTRY_BYTES), entry(&["b"], ENTRY_BYTES), entry(&["c"], ENTRY_BYTES)];
        assert_eq!(prepare(two).unwrap_err(), TransferError::OfferInvalid);
        assert_eq!(prepare(vec![entry(&["a\\b/c"], 0)]).unwrap().0[0].path, ["a_b_c"]);
    }
}
