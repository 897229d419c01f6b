package org.klatsch.dtls;

import java.security.cert.X509Certificate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a handshake agreed on.
///
/// @param signatureScheme of the server's signature over the key exchange
/// @param srtpProfile null when use_srtp was not negotiated
/// @param applicationProtocol null when ALPN was not negotiated
/// @param extendedMasterSecret whether RFC 7627 binds the keys to the whole handshake
/// @param peerCertificates the peer's chain, its own certificate first; empty when it showed none
public record NegotiatedParameters(
    ProtocolVersion version,
    CipherSuite cipherSuite,
    NamedGroup group,
    SignatureScheme signatureScheme,
    @Nullable SrtpProfile srtpProfile,
    @Nullable String applicationProtocol,
    boolean extendedMasterSecret,
    List<X509Certificate> peerCertificates) {
  public NegotiatedParameters {
    peerCertificates = List.copyOf(peerCertificates);
  }
}
