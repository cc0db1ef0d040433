//! What a man in the middle wins by searching for equal short strings on both his sides: nothing while the committer commits first,
//! everything without.
//!
//! With `PARLOR_SOAK=long` twelve million strings a search, of all seven emoji; else 200 000, of which five emoji are compared, so that the
//! control finds some as surely. Either is wrong by chance once in some thousand runs. Seeds are printed; `PARLOR_SEED` sets one.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on has failed"
)]

use std::env;

use parlor_protocol::id::PeerId;
use parlor_trust::{
    Base64url, ComparedPeer, Comparison, ComparisonMessage, EMOJI, Fingerprint, ShortString, TrustError, commitment,
};

const ADA: PeerId = PeerId([1; 16]);
const BEN: PeerId = PeerId([2; 16]);

/// How many strings the man in the middle may compute, and how many emoji of each are compared.
#[derive(Clone, Copy)]
struct Budget {
    strings: u64,
    emoji: usize,
}

fn budget() -> Budget {
    let is_long = env::var("PARLOR_SOAK").is_ok_and(|form| form == "long");
    if is_long { Budget { strings: 12_000_000, emoji: 7 } } else { Budget { strings: 200_000, emoji: 5 } }
}

fn seed() -> u64 {
    let given = env::var("PARLOR_SEED").ok().and_then(|seed| seed.parse().ok());
    let seed = given.unwrap_or_else(|| std::time::UNIX_EPOCH.elapsed().unwrap().as_nanos() as u64);
    println!("PARLOR_SEED={seed}");
    seed
}

/// A nonce nobody else has: whose, of which run, which.
fn nonce(whose: u8, seed: u64, number: u64) -> [u8; 32] {
    let mut nonce = [whose; 32];
    nonce[..8].copy_from_slice(&seed.to_be_bytes());
    nonce[8..16].copy_from_slice(&number.to_be_bytes());
    nonce
}

fn side(peer: PeerId, certificate: u8) -> ComparedPeer {
    ComparedPeer { peer, data: Fingerprint([certificate; 32]), media: None, device: None }
}

/// Ada, who takes the certificate in the middle for Ben's.
fn ada(nonce: [u8; 32]) -> Comparison {
    Comparison::new(side(ADA, 0xaa), side(BEN, 0xe1), nonce)
}

/// Ben, who takes the other certificate in the middle for Ada's.
fn ben(nonce: [u8; 32]) -> Comparison {
    Comparison::new(side(BEN, 0xbb), side(ADA, 0xe2), nonce)
}

fn reveal(nonce: [u8; 32]) -> ComparisonMessage {
    ComparisonMessage::ComparisonReveal { nonce: Base64url(nonce) }
}

fn commit_to(nonce: &[u8; 32]) -> ComparisonMessage {
    ComparisonMessage::ComparisonCommit { commitment: Base64url(commitment(ADA, nonce)) }
}

/// What Ada shows, whose nonce is `own`, when she is told `told` for Ben's.
fn shown_at_ada(own: [u8; 32], told: [u8; 32], emoji: usize) -> u64 {
    let mut comparison = ada(own);
    comparison.begin().unwrap();
    comparison.message_received(&reveal(told)).unwrap();
    place(comparison.short_string().unwrap(), emoji)
}

/// What Ben shows, whose nonce is `own`, when he is told `told` for Ada's.
fn shown_at_ben(own: [u8; 32], told: [u8; 32], emoji: usize) -> u64 {
    let mut comparison = ben(own);
    comparison.message_received(&commit_to(&told)).unwrap();
    comparison.message_received(&reveal(told)).unwrap();
    place(comparison.short_string().unwrap(), emoji)
}

/// The first emoji of a string as a number.
fn place(shown: ShortString, emoji: usize) -> u64 {
    shown.emoji().iter().take(emoji).fold(0, |places, shown| {
        let place = EMOJI.iter().position(|known| known.symbol == shown.symbol).unwrap();
        places << 6 | place as u64
    })
}

/// Searches on both sides, half the strings each, for nonces that make what both show equal, the honest nonces being `at_ada` and `at_ben`.
/// Pairs of what to tell Ada and what to tell Ben.
fn search(
    Budget { strings, emoji }: Budget,
    seed: u64,
    at_ada: [u8; 32],
    at_ben: [u8; 32],
) -> Vec<([u8; 32], [u8; 32])> {
    let told_ada = |number| nonce(0xe1, seed, number);
    let told_ben = |number| nonce(0xe2, seed, number);
    let mut table: Vec<(u64, u64)> =
        (0..strings / 2).map(|number| (shown_at_ada(at_ada, told_ada(number), emoji), number)).collect();
    table.sort_unstable();
    let mut found = Vec::new();
    for number in 0..strings / 2 {
        let shown = shown_at_ben(at_ben, told_ben(number), emoji);
        let first = table.partition_point(|(known, _)| *known < shown);
        found.extend(
            table[first..]
                .iter()
                .take_while(|(known, _)| *known == shown)
                .map(|(_, other)| (told_ada(*other), told_ben(number))),
        );
    }
    found
}

/// The whole of one comparison with somebody in between: what both show at its end. `for_ben` is what he commits to towards Ben, `for_ada`
/// what he tells Ada once he has seen Ben's nonce.
fn compare(
    nonces: ([u8; 32], [u8; 32]),
    for_ben: [u8; 32],
    for_ada: impl FnOnce([u8; 32]) -> [u8; 32],
    emoji: usize,
) -> (u64, u64) {
    let (mut ada, mut ben) = (ada(nonces.0), ben(nonces.1));
    // Ada's commitment says nothing of her nonce.
    assert!(matches!(ada.begin(), Ok(ComparisonMessage::ComparisonCommit { .. })));
    let said = ben.message_received(&commit_to(&for_ben)).unwrap();
    let Some(ComparisonMessage::ComparisonReveal { nonce: of_ben }) = said else { panic!("Ben says {said:?}") };
    let said = ada.message_received(&reveal(for_ada(of_ben.0))).unwrap();
    let Some(ComparisonMessage::ComparisonReveal { nonce: of_ada }) = said else { panic!("Ada says {said:?}") };
    // Only now is Ada's nonce known, and what Ben will show has been settled by the commitment.
    assert_eq!(of_ada.0, nonces.0);
    ben.message_received(&reveal(for_ben)).unwrap();
    (place(ada.short_string().unwrap(), emoji), place(ben.short_string().unwrap(), emoji))
}

#[test]
fn without_a_commitment_a_search_on_both_sides_finds_equal_strings() {
    let (budget, seed) = (budget(), seed());
    // Whoever answers second knows both honest nonces while he may still choose his own.
    let (at_ada, at_ben) = (nonce(0xaa, seed, 0), nonce(0xbb, seed, 0));
    let found = search(budget, seed, at_ada, at_ben);
    println!("{} strings, {} emoji: {} pairs", budget.strings, budget.emoji, found.len());
    assert!(!found.is_empty(), "the control finds nothing: the chance of that is below one in three thousand");
    for (for_ada, for_ben) in found {
        assert_eq!(shown_at_ada(at_ada, for_ada, budget.emoji), shown_at_ben(at_ben, for_ben, budget.emoji));
    }
}

#[test]
fn with_the_commitment_what_was_searched_for_a_guessed_nonce_fits_no_real_one() {
    let (budget, seed) = (budget(), seed());
    let guessed = nonce(0x99, seed, 0);
    let at_ben = nonce(0xbb, seed, 0);
    let found = search(budget, seed, guessed, at_ben);
    println!("{} pairs fit the guess", found.len());
    for (number, (for_ada, for_ben)) in (0..).zip(found) {
        // Even if Ben's nonce were known beforehand, Ada's is not.
        let shown = compare((nonce(0xaa, seed, number), at_ben), for_ben, |_| for_ada, budget.emoji);
        assert_ne!(shown.0, shown.1);
    }
}

#[test]
fn with_the_commitment_as_many_comparisons_show_no_equal_strings() {
    let (budget, seed) = (budget(), seed());
    let equal = (0..budget.strings / 2)
        .filter(|number| {
            let nonces = (nonce(0xaa, seed, *number), nonce(0xbb, seed, *number));
            // He may choose what Ada is told by what Ben has said; here he does so by whim.
            let for_ada = |of_ben: [u8; 32]| nonce(0xe1, seed ^ u64::from(of_ben[31]), *number);
            let shown = compare(nonces, nonce(0xe2, seed, *number), for_ada, budget.emoji);
            shown.0 == shown.1
        })
        .count();
    println!("{} comparisons: {equal} equal", budget.strings / 2);
    assert_eq!(equal, 0);
}

#[test]
fn who_reveals_another_nonce_than_he_committed_to_is_told() {
    let mut ben = ben([0xbb; 32]);
    ben.message_received(&commit_to(&[1; 32])).unwrap();
    assert_eq!(ben.message_received(&reveal([2; 32])), Err(TrustError::WrongCommitment));
    assert!(ben.has_failed() && ben.short_string().is_none());
}
