//! Randomness of the operating system, the only one used here.

/// `N` random bytes, fit for secrets.
#[expect(clippy::expect_used, reason = "a system without randomness cannot keep a single promise made here")]
pub(crate) fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the system gives random bytes");
    bytes
}
