//! Links that reach the app from outside, before anybody sees them.
//!
//! Promises: a yes means an invitation to the letter, of this or another version; nothing is done with it, and nothing of it is logged.
//! Leaves to others: the grammar (`parlor-trust`), showing the link and asking.

use parlor_trust::{Invitation, TrustError};

/// Whether a link that the system handed over may be shown to the user: `parlor://join?server=<URL>#v<version>.<secret>`. One of another
/// version may, so that the user learns to update.
pub fn may_be_shown(link: &str) -> bool {
    matches!(Invitation::from_app_link(link), Ok(_) | Err(TrustError::InvitationVersion))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invitations_of_any_version_may_be_shown_and_nothing_else() {
        let link = Invitation::new("https://parlor.example", [7; 32]).unwrap().app_link();
        assert!(may_be_shown(&link));
        assert!(may_be_shown(&link.replace("#v1.", "#v2.")));
        for other in ["parlor://run?command=x", "https://parlor.example/", "", "javascript:alert(1)"] {
            assert!(!may_be_shown(other), "{other}");
        }
    }
}
