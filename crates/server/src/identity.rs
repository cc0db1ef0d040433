//! What a server shows over TLS where no authority vouches for it: a key and a certificate that it made itself, and keeps.
//!
//! Promises: made at the first start and the same at every later one, until it grows old; the key is readable by its owner alone and appears in
//! no message. Leaves to others: telling clients the certificate's fingerprint (the invitation does), and believing it.

use std::{
    fs, io,
    path::Path,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use rcgen::{CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, KeyPair};
use sha2::{Digest, Sha256};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        ServerConfig,
        crypto::ring,
        pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    },
};

use crate::error::ServerError;

/// Where it lies in the folder it is given: the key and the certificate, as PEM.
const FILE: &str = "own-server.pem";
/// The name on the certificate. Who checks it checks the fingerprint: addresses come and go.
const NAME: &str = "parlor.invalid";
const DAY: Duration = Duration::from_secs(86_400);
/// How long a certificate is good: systems that keep a bound for pinned ones too have it at 825 days.
const GOOD_FOR: Duration = Duration::from_secs(800 * 86_400);
/// Age at which the next start makes another, so that no room of today ends by its certificate.
const OLD: Duration = Duration::from_secs(365 * 86_400);

/// A key and its certificate.
pub struct Identity {
    acceptor: TlsAcceptor,
    sha256: [u8; 32],
}

impl Identity {
    /// The one in `folder`; makes it, and the folder, where there is none, or none that is of use. Blocks for as long as a disk takes.
    ///
    /// # Errors
    /// [`ServerError::Identity`]: the folder cannot be written, or there is no randomness.
    pub fn keep_in(folder: &Path) -> Result<Self, ServerError> {
        let path = folder.join(FILE);
        match fs::read(&path) {
            Ok(pem) if !is_old(&path) => match Self::from_pem(&pem) {
                Ok(identity) => return Ok(identity),
                Err(error) => tracing::warn!(%error, "the certificate of the own server is of no use and is made anew"),
            },
            Ok(_) => tracing::info!("the certificate of the own server has grown old and is made anew"),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(broken(error)),
        }
        let pem = make_pem(SystemTime::now()).map_err(broken)?;
        fs::create_dir_all(folder).map_err(broken)?;
        write_private(&path, pem.as_bytes()).map_err(broken)?;
        Self::from_pem(pem.as_bytes())
    }

    /// SHA-256 of the certificate in DER.
    pub fn sha256(&self) -> [u8; 32] {
        self.sha256
    }

    pub(crate) fn acceptor(&self) -> TlsAcceptor {
        self.acceptor.clone()
    }

    fn from_pem(pem: &[u8]) -> Result<Self, ServerError> {
        let key = PrivateKeyDer::from_pem_slice(pem).map_err(broken)?;
        let certificate = CertificateDer::from_pem_slice(pem).map_err(broken)?;
        let sha256 = Sha256::digest(&certificate).into();
        // The provider by name: in a program with two of them there is no default.
        let mut config = ServerConfig::builder_with_provider(ring::default_provider().into())
            .with_safe_default_protocol_versions()
            .map_err(broken)?
            .with_no_client_auth()
            .with_single_cert(vec![certificate], key)
            .map_err(broken)?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self { acceptor: TlsAcceptor::from(std::sync::Arc::new(config)), sha256 })
    }
}

fn make_pem(now: SystemTime) -> Result<String, Box<dyn std::error::Error + Send + Sync>> {
    let at = |time: SystemTime| -> Result<time::OffsetDateTime, Box<dyn std::error::Error + Send + Sync>> {
        let seconds = i64::try_from(time.duration_since(UNIX_EPOCH)?.as_secs())?;
        Ok(time::OffsetDateTime::from_unix_timestamp(seconds)?)
    };
    let mut params = CertificateParams::new(vec![NAME.to_owned()])?;
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, "Parlor on this device");
    // Two days for clocks that differ.
    params.not_before = at(now.checked_sub(2 * DAY).unwrap_or(UNIX_EPOCH))?;
    params.not_after = at(now + GOOD_FOR)?;
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    let key = KeyPair::generate()?;
    let certificate = params.self_signed(&key)?;
    Ok(format!("{}{}", key.serialize_pem(), certificate.pem()))
}

/// By the time it was written. A time that cannot be told, or lies ahead, is no age.
fn is_old(path: &Path) -> bool {
    let written = fs::metadata(path).and_then(|data| data.modified());
    written.is_ok_and(|written| written.elapsed().is_ok_and(|age| age > OLD))
}

/// Writes a file that only its owner reads, whole or not at all.
fn write_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let beside = path.with_extension("new");
    match fs::remove_file(&beside) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&beside)?;
    io::Write::write_all(&mut file, bytes)?;
    file.sync_all()?;
    fs::rename(&beside, path)
}

fn broken(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> ServerError {
    ServerError::Identity(source.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn made_once_and_kept_for_its_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let below = folder.path().join("not/there/yet");
        let first = Identity::keep_in(&below).unwrap();
        assert_eq!(Identity::keep_in(&below).unwrap().sha256(), first.sha256());
        let other = tempfile::tempdir().unwrap();
        assert_ne!(Identity::keep_in(other.path()).unwrap().sha256(), first.sha256());
        let files: Vec<_> = fs::read_dir(&below).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(files, [FILE], "nothing half written is left");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = fs::metadata(below.join(FILE)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }

    #[test]
    fn what_is_broken_or_old_is_made_anew() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(FILE);
        for broken in ["", "-----BEGIN CERTIFICATE-----", "nonsense"] {
            fs::write(&path, broken).unwrap();
            let made = Identity::keep_in(folder.path()).unwrap();
            assert_eq!(Identity::keep_in(folder.path()).unwrap().sha256(), made.sha256(), "{broken}");
        }
        let before = Identity::keep_in(folder.path()).unwrap();
        let long_ago = SystemTime::now() - OLD - DAY;
        fs::File::options().write(true).open(&path).unwrap().set_modified(long_ago).unwrap();
        assert_ne!(Identity::keep_in(folder.path()).unwrap().sha256(), before.sha256());
    }

    #[test]
    fn a_folder_that_cannot_be_is_said() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let error = Identity::keep_in(file.path()).err().expect("no folder").to_string();
        assert!(error.contains("certificate") && !error.contains("PRIVATE"), "{error}");
    }
}
