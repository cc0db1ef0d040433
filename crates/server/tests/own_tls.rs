//! A server as the app starts it, on loopback and over TLS: the certificate kept is the one shown, and the rules of the guard hold there too.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::{net::SocketAddr, sync::Arc};

use parlor_server::{Config, Identity, Server, ServerHandle};
use sha2::{Digest, Sha256};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use tokio_rustls::{
    TlsConnector,
    client::TlsStream,
    rustls::{
        ClientConfig, DigitallySignedStruct, Error, SignatureScheme,
        client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
        crypto::ring,
        pki_types::{CertificateDer, ServerName, UnixTime},
    },
};

/// Believes whatever is shown; the test looks at it.
#[derive(Debug)]
struct Believing;

impl ServerCertVerifier for Believing {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        ring::default_provider().signature_verification_algorithms.supported_schemes()
    }
}

struct Own {
    server: ServerHandle,
    identity: Identity,
    door: SocketAddr,
    _folder: tempfile::TempDir,
}

async fn own() -> Own {
    let folder = tempfile::tempdir().unwrap();
    let identity = Identity::keep_in(folder.path()).unwrap();
    let server = Server::bind(Config { stall_timeout_ms: 4_000, ..Config::embedded() }).await.unwrap().spawn();
    let door = server.listen_as(SocketAddr::from(([127, 0, 0, 2], 0)), &identity).await.unwrap();
    Own { server, identity, door, _folder: folder }
}

async fn over_tls(door: SocketAddr) -> TlsStream<TcpStream> {
    let config = ClientConfig::builder_with_provider(ring::default_provider().into())
        .with_safe_default_protocol_versions()
        .unwrap()
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Believing))
        .with_no_client_auth();
    let tcp = TcpStream::connect(door).await.unwrap();
    TlsConnector::from(Arc::new(config)).connect(ServerName::from(door.ip()), tcp).await.unwrap()
}

async fn said(stream: &mut (impl AsyncReadExt + AsyncWriteExt + Unpin), request: &str) -> String {
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

fn health(host: impl std::fmt::Display) -> String {
    format!("GET /healthz HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")
}

#[tokio::test]
async fn the_certificate_that_is_kept_is_the_one_that_is_shown() {
    let own = own().await;
    let mut stream = over_tls(own.door).await;
    let shown = stream.get_ref().1.peer_certificates().and_then(|chain| chain.first()).expect("one is shown").clone();
    assert_eq!(<[u8; 32]>::from(Sha256::digest(&shown)), own.identity.sha256());
    let answer = said(&mut stream, &health(own.door)).await;
    assert!(answer.starts_with("HTTP/1.1 200 ") && answer.ends_with("ok"), "{answer}");
}

#[tokio::test]
async fn each_door_goes_by_its_own_address_only() {
    let own = own().await;
    let here = own.server.local_addr();
    for host in
        [format!("evil.example:{}", own.door.port()), format!("127.0.0.1:{}", own.door.port()), here.to_string()]
    {
        let answer = said(&mut over_tls(own.door).await, &health(&host)).await;
        assert!(answer.starts_with("HTTP/1.1 421 "), "{host}: {answer}");
    }
    let mut plain = TcpStream::connect(here).await.unwrap();
    assert!(said(&mut plain, &health(own.door)).await.starts_with("HTTP/1.1 421 "));
    let mut plain = TcpStream::connect(here).await.unwrap();
    assert!(said(&mut plain, &health(here)).await.starts_with("HTTP/1.1 200 "), "loopback speaks plainly");
}

#[tokio::test]
async fn who_speaks_plainly_to_tls_is_shown_the_way_by_our_own_address() {
    let own = own().await;
    for host in [own.door.to_string(), "evil.example".to_owned()] {
        let mut plain = TcpStream::connect(own.door).await.unwrap();
        let answer = said(&mut plain, &format!("GET /x HTTP/1.1\r\nHost: {host}\r\n\r\n")).await;
        assert!(answer.starts_with("HTTP/1.1 307 "), "{answer}");
        assert!(answer.contains(&format!("Location: https://{}/\r\n", own.door)), "{answer}");
    }
}

#[tokio::test]
async fn a_handshake_that_never_ends_delays_nobody_and_is_cut() {
    let own = own().await;
    let mut silent = TcpStream::connect(own.door).await.unwrap();
    let mut halfway = TcpStream::connect(own.door).await.unwrap();
    halfway.write_all(&[0x16, 3, 1, 2, 0]).await.unwrap();
    let answer = said(&mut over_tls(own.door).await, &health(own.door)).await;
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    for stream in [&mut silent, &mut halfway] {
        let mut rest = Vec::new();
        // Ended or reset, but ended.
        let _ = stream.read_to_end(&mut rest).await;
        assert!(rest.len() < 16, "at most an alert");
    }
}

#[tokio::test]
async fn when_it_has_stopped_no_door_is_open() {
    let own = own().await;
    let here = own.server.local_addr();
    let _waiting = TcpStream::connect(own.door).await.unwrap();
    own.server.stop().await.unwrap();
    TcpStream::connect(own.door).await.unwrap_err();
    TcpStream::connect(here).await.unwrap_err();
}
