//! Randomness of the operating system, the only one used here.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

/// `N` random bytes, fit for secrets.
#[expect(clippy::expect_used, reason = "a system without randomness cannot keep a single promise made here")]
pub(crate) fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the system gives random bytes");
    bytes
}

/// 32 random bytes as the wire wants them: base64url.
pub(crate) fn random_b64() -> String {
    URL_SAFE_NO_PAD.encode(random::<32>())
}
