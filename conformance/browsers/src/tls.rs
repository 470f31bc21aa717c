//! A certificate authority for one run, and the one certificate that it signs.

use std::sync::Arc;

use axum::Router;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use hyper_util::service::TowerToHyperService;
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// What browsers are told to trust.
pub(crate) struct Authority {
    certificate: String,
    pub(crate) acceptor: TlsAcceptor,
}

impl Authority {
    /// One with a certificate for these hosts.
    ///
    /// # Errors
    /// What the libraries say.
    pub(crate) fn new(hosts: Vec<String>) -> Result<Self, Box<dyn std::error::Error>> {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, "cors-browsers");
        let key = KeyPair::generate()?;
        let own = params.self_signed(&key)?;
        let issuer = Issuer::new(params, key);

        let leaf_key = KeyPair::generate()?;
        let leaf = CertificateParams::new(hosts)?.signed_by(&leaf_key, &issuer)?;
        let chain = vec![CertificateDer::from(leaf.der().to_vec())];
        let leaf_key = PrivateKeyDer::try_from(leaf_key.serialize_der())?;
        let mut config = ServerConfig::builder().with_no_client_auth().with_single_cert(chain, leaf_key)?;
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(Self { certificate: own.pem(), acceptor: TlsAcceptor::from(Arc::new(config)) })
    }

    /// In PEM.
    pub(crate) fn certificate(&self) -> &str {
        &self.certificate
    }
}

/// Serves an application over TLS, with HTTP/2 for those that ask.
pub(crate) async fn serve(listener: TcpListener, acceptor: TlsAcceptor, app: Router) {
    while let Ok((stream, _)) = listener.accept().await {
        let (acceptor, app) = (acceptor.clone(), app.clone());
        tokio::spawn(async move {
            // A browser that opens a connection in advance and never uses it is no fault.
            let Ok(stream) = acceptor.accept(stream).await else { return };
            let builder = auto::Builder::new(TokioExecutor::new());
            let _ = builder.serve_connection(TokioIo::new(stream), TowerToHyperService::new(app)).await;
        });
    }
}
