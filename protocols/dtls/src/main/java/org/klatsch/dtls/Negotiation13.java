package org.klatsch.dtls;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.klatsch.sansio.MalformedPacketException;

/// A server's choices under version 1.3, as a function of its options and the ClientHello: RFC 8446
/// §4.1.1.
///
/// @param share the client's key share in `group`; null when it sent none and is to be asked for it
record Negotiation13(
    CipherSuite suite,
    DtlsCertificate certificate,
    SignatureScheme scheme,
    NamedGroup group,
    @Nullable KeyShareEntry share) {
  static Negotiation13 of(DtlsOptions options, ClientHello hello) throws MalformedPacketException {
    if (hello.cookie().length != 0
        || hello.compressionMethods().length != 1
        || !hello.offersNoCompression()) {
      // RFC 9147 §5.3.
      throw DtlsException.fatal(
          AlertDescription.ILLEGAL_PARAMETER,
          "legacy_cookie of " + hello.cookie().length + " bytes or a compression method");
    }
    Extensions extensions = hello.extensions();
    List<Integer> schemes = extensions.codes(Extensions.SIGNATURE_ALGORITHMS);
    List<Integer> groups = extensions.codes(Extensions.SUPPORTED_GROUPS);
    List<KeyShareEntry> shares = KeyShareEntry.ofClient(extensions);
    if (schemes == null || groups == null || shares == null) {
      // RFC 8446 §9.2.
      throw DtlsException.fatal(
          AlertDescription.MISSING_EXTENSION,
          "signature_algorithms, supported_groups or key_share is missing");
    }
    CipherSuite suite = chooseSuite(options, hello);
    for (DtlsCertificate certificate : options.certificates()) {
      SignatureScheme scheme =
          Signatures.choose(
              ProtocolVersion.DTLS_1_3,
              options.signatureSchemes(),
              schemes,
              certificate.certificate().getPublicKey());
      if (scheme != null) {
        KeyShareEntry share = chooseShare(options, groups, shares);
        NamedGroup shared = share == null ? null : NamedGroup.ofCode(share.group());
        NamedGroup group = shared == null ? chooseGroup(options, groups) : shared;
        return new Negotiation13(suite, certificate, scheme, group, share);
      }
    }
    throw DtlsException.fatal(
        AlertDescription.HANDSHAKE_FAILURE, "no common signature algorithm for our certificates");
  }

  private static CipherSuite chooseSuite(DtlsOptions options, ClientHello hello)
      throws DtlsException {
    for (CipherSuite ours : options.cipherSuites()) {
      if (ours.version() == ProtocolVersion.DTLS_1_3
          && hello.cipherSuites().contains(ours.code())) {
        return ours;
      }
    }
    throw DtlsException.fatal(
        AlertDescription.HANDSHAKE_FAILURE,
        "no common cipher suite, offered " + hello.cipherSuites());
  }

  /// A round trip costs more than the preferred group is worth, so a group with a share wins.
  private static @Nullable KeyShareEntry chooseShare(
      DtlsOptions options, List<Integer> groups, List<KeyShareEntry> shares) {
    for (NamedGroup ours : options.groups()) {
      for (KeyShareEntry share : shares) {
        if (share.group() == ours.code() && groups.contains(ours.code())) {
          return share;
        }
      }
    }
    return null;
  }

  private static NamedGroup chooseGroup(DtlsOptions options, List<Integer> groups)
      throws DtlsException {
    for (NamedGroup ours : options.groups()) {
      if (groups.contains(ours.code())) {
        return ours;
      }
    }
    throw DtlsException.fatal(
        AlertDescription.HANDSHAKE_FAILURE,
        "no common group, offered " + groups + ", ours " + options.groups());
  }
}
