//! Spoken codes between a screen and its engine (docs/protocol.md, section 7). No behaviour here; the exchange is in `parlor-trust`.

use serde::{Deserialize, Serialize};

use crate::code::Failure;

/// Whose words a code is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS), ts(export))]
pub enum CodeLanguage {
    /// English.
    En,
    /// Korean.
    Ko,
}

/// How far a code has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS), ts(export))]
pub enum CodeState {
    /// A free number is being looked for.
    Opening,
    /// It can be read out.
    Waiting,
    /// Somebody has tried it; whether rightly is not known yet.
    Tried,
    /// A guest knew it and has the invitation.
    Used,
    /// A wrong try has ended it.
    Burnt,
    /// Its time was over.
    Expired,
    /// Its owner has ended it.
    Closed,
    /// It could not be made or kept; see `failure`.
    Failed,
}

/// A room's spoken code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS), ts(export))]
pub struct OpenedCode {
    /// How far it has come.
    pub state: CodeState,
    /// What to read out; none before a number was found, and once it is of no use.
    pub text: Option<String>,
    /// Milliseconds it still lives.
    pub left_ms: u32,
    /// Why it failed.
    pub failure: Option<Failure>,
}
