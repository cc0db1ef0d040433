//! Why the server cannot start or go on, split by who can act.

use std::{io, net::SocketAddr, path::PathBuf};

/// The crate's error.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// The operator wrote a value that cannot be.
    #[error("{key} = {found:?} cannot be: {allowed}")]
    Setting {
        /// The key as it stands in the configuration file; the flag is the same with dashes.
        key: &'static str,
        /// The value found.
        found: String,
        /// What is allowed instead.
        allowed: &'static str,
    },
    /// The configuration file cannot be read. The operator: check the path.
    #[error("the configuration file {path} cannot be read: {source}")]
    FileUnreadable {
        /// As given.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The configuration file is not TOML, or holds a key or value that does not exist. The message names it.
    #[error("the configuration file {path} is not right: {source}")]
    FileInvalid {
        /// As given.
        path: PathBuf,
        /// Which key, and what was expected.
        source: Box<toml::de::Error>,
    },
    /// Another program listens there. The user: choose another port, or 0 for any.
    #[error("the address {address} is taken by another program; choose another port, or port 0 for any free one")]
    AddressTaken {
        /// As asked for.
        address: SocketAddr,
    },
    /// The address cannot be listened on. The operator.
    #[error("cannot listen on {address}: {source}")]
    AddressUnusable {
        /// As asked for.
        address: SocketAddr,
        /// Why.
        source: io::Error,
    },
    /// There is no certificate to show. The user: check the disk and the folder's rights.
    #[error("the certificate of the server cannot be made or kept: {0}")]
    Identity(Box<dyn std::error::Error + Send + Sync>),
    /// Serving failed below us. Nobody: the system.
    #[error("the server stopped: {0}")]
    Io(#[from] io::Error),
}
