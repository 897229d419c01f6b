package org.klatsch.dtls;

import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Settings of one connection. [#builder] starts from the defaults and tells the reason of each.
///
/// @param certificates own certificates; the first that suits the peer is shown. A server needs one
/// @param versions enabled versions, newest first
/// @param cipherSuites most preferred first; a server goes by its own order
/// @param groups most preferred first; a server goes by its own order
/// @param signatureSchemes most preferred first
/// @param srtpProfiles for use_srtp, most preferred first; a server goes by its own order. Empty:
///   the extension is neither offered nor answered
/// @param applicationProtocols for ALPN; empty: neither offered nor answered
/// @param mtu bytes of UDP payload that handshake packets take at most
/// @param recordSizeLimit the longest plaintext of a record that we take, announced by RFC 8449
///   when less than 2^14
/// @param initialRetransmission how long a flight waits for its answer at first
/// @param maxRetransmission what doubling that ends at
/// @param handshakeTimeout from start to [DtlsEvent.HandshakeCompleted]
/// @param maxHandshakeMessage longest handshake message taken
/// @param maxHandshakeBuffer bytes of handshake messages being reassembled
/// @param maxCertificateChain bytes of all certificates of the peer
/// @param maxEarlyRecords records kept before their keys are known; also packets before start
/// @param maxEarlyBytes bytes of those
/// @param maxRecordsPerKey records after which version 1.3 changes the key we write with
/// @param helloVerification what a server makes cookies with; null: no HelloVerifyRequest, and a
///   HelloRetryRequest only for a key share. Null is right behind an authenticated ICE check
/// @param keyLog takes lines in the format of SSLKEYLOGFILE; null: none
public record DtlsOptions(
    DtlsRole role,
    List<DtlsCertificate> certificates,
    PeerAuthentication peerAuthentication,
    List<ProtocolVersion> versions,
    List<CipherSuite> cipherSuites,
    List<NamedGroup> groups,
    List<SignatureScheme> signatureSchemes,
    List<SrtpProfile> srtpProfiles,
    List<String> applicationProtocols,
    boolean requireExtendedMasterSecret,
    int mtu,
    int recordSizeLimit,
    Duration initialRetransmission,
    Duration maxRetransmission,
    Duration handshakeTimeout,
    int maxHandshakeMessage,
    int maxHandshakeBuffer,
    int maxCertificateChain,
    int maxEarlyRecords,
    int maxEarlyBytes,
    long maxRecordsPerKey,
    @Nullable HelloVerification helloVerification,
    @Nullable Consumer<String> keyLog) {
  /// The versions enabled by default: 1.3 is preferred, being a round trip faster and safe against
  /// quantum computers; 1.2 is for peers that do not have it yet.
  public static final List<ProtocolVersion> DEFAULT_VERSIONS =
      List.of(ProtocolVersion.DTLS_1_3, ProtocolVersion.DTLS_1_2);

  /// How the peer's certificate is judged.
  public enum PeerAuthentication {
    /// It must match a fingerprint given to [DtlsConnection#remoteFingerprints]; a server asks the
    /// client for one.
    FINGERPRINT,
    /// Any certificate will do, and a server asks for none. Not for WebRTC.
    NONE
  }

  public DtlsOptions {
    certificates = List.copyOf(certificates);
    versions = List.copyOf(versions);
    cipherSuites = List.copyOf(cipherSuites);
    groups = List.copyOf(groups);
    signatureSchemes = List.copyOf(signatureSchemes);
    srtpProfiles = List.copyOf(srtpProfiles);
    applicationProtocols = List.copyOf(applicationProtocols);
    if (role == DtlsRole.SERVER && certificates.isEmpty()) {
      throw new IllegalArgumentException("a server needs a certificate, none is given");
    }
    if (versions.isEmpty()
        || versions.contains(ProtocolVersion.DTLS_1_0)
        || (versions.size() > 1 && !versions.equals(DEFAULT_VERSIONS))) {
      throw new IllegalArgumentException(
          "versions " + versions + ", expected " + DEFAULT_VERSIONS + " or one of them");
    }
    if (groups.isEmpty() || signatureSchemes.isEmpty()) {
      throw new IllegalArgumentException(
          "groups and signatureSchemes each need at least one entry");
    }
    for (ProtocolVersion version : versions) {
      if (cipherSuites.stream().noneMatch(suite -> suite.version() == version)) {
        throw new IllegalArgumentException(
            "cipher suites " + cipherSuites + " have none for " + version);
      }
    }
    if (groups.stream().allMatch(NamedGroup::isHybrid)
        && versions.contains(ProtocolVersion.DTLS_1_2)) {
      throw new IllegalArgumentException("groups " + groups + " have none for DTLSv1.2");
    }
    for (String protocol : applicationProtocols) {
      if (protocol.isEmpty() || protocol.length() > 255) {
        throw new IllegalArgumentException(
            "application protocol '" + protocol + "' must have 1 to 255 bytes");
      }
    }
    atLeast("mtu", mtu, 256);
    atLeast("recordSizeLimit", recordSizeLimit, 64);
    if (maxRecordsPerKey < 16) {
      throw new IllegalArgumentException("maxRecordsPerKey " + maxRecordsPerKey + " is below 16");
    }
    atLeast("maxHandshakeMessage", maxHandshakeMessage, 2048);
    atLeast("maxHandshakeBuffer", maxHandshakeBuffer, maxHandshakeMessage);
    if (recordSizeLimit > RecordHeader.MAX_PLAINTEXT) {
      throw new IllegalArgumentException(
          "recordSizeLimit " + recordSizeLimit + " is more than " + RecordHeader.MAX_PLAINTEXT);
    }
    if (!initialRetransmission.isPositive()
        || maxRetransmission.compareTo(initialRetransmission) < 0
        || !handshakeTimeout.isPositive()) {
      throw new IllegalArgumentException(
          "initialRetransmission "
              + initialRetransmission
              + ", maxRetransmission "
              + maxRetransmission
              + " and handshakeTimeout "
              + handshakeTimeout
              + " must be positive and the second not less than the first");
    }
  }

  private static void atLeast(String name, int value, int least) {
    if (value < least) {
      throw new IllegalArgumentException(name + " " + value + " is less than " + least);
    }
  }

  /// Settings for this role with defaults for everything else.
  public static Builder builder(DtlsRole role) {
    return new Builder(role);
  }

  /// Collects settings; each field's default is what a WebRTC endpoint wants.
  public static final class Builder {
    private final DtlsRole role;
    private List<DtlsCertificate> certificates = List.of();
    private PeerAuthentication peerAuthentication = PeerAuthentication.FINGERPRINT;
    private List<ProtocolVersion> versions = DEFAULT_VERSIONS;
    private List<CipherSuite> cipherSuites = List.of(CipherSuite.values());
    private List<NamedGroup> groups = List.of(NamedGroup.values());
    private List<SignatureScheme> signatureSchemes = List.of(SignatureScheme.values());

    /// GCM first: it costs less than half of AES-CM with SHA-1. The profiles with a short tag or
    /// without encryption are only used when asked for.
    private List<SrtpProfile> srtpProfiles =
        List.of(
            SrtpProfile.SRTP_AEAD_AES_128_GCM,
            SrtpProfile.SRTP_AEAD_AES_256_GCM,
            SrtpProfile.SRTP_AES128_CM_HMAC_SHA1_80);

    private List<String> applicationProtocols = List.of();

    /// Off: a renegotiation or resumption, which RFC 7627 protects, does not exist here, and old
    /// hardware lacks the extension.
    private boolean requireExtendedMasterSecret;

    /// What passes every usual path, IPv6 and tunnels included.
    private int mtu = 1200;

    private int recordSizeLimit = RecordHeader.MAX_PLAINTEXT;

    // Deviates from RFC 6347 §4.2.4.1: starts at 100 ms instead of 1 s and stops doubling at 3 s
    // instead of 60 s, because ICE has shown that the path works and how long it takes, a flight is
    // a few packets, and a person waits for the call. Browsers start at 50 ms.
    private Duration initialRetransmission = Duration.ofMillis(100);
    private Duration maxRetransmission = Duration.ofSeconds(3);

    /// As long as ICE takes until it gives up on a pair without consent, RFC 7675 §5.1.
    private Duration handshakeTimeout = Duration.ofSeconds(30);

    /// Room for a chain of 16 KiB and its length fields.
    private int maxHandshakeMessage = (16 << 10) + 64;

    /// One largest message and a usual rest of its flight.
    private int maxHandshakeBuffer = 32 << 10;

    private int maxCertificateChain = 16 << 10;

    /// A flight of the peer and the first window of SCTP.
    private int maxEarlyRecords = 32;

    private int maxEarlyBytes = 32 << 10;

    /// A third of what RFC 9147 §4.5.3 allows AES-GCM to encrypt with one key.
    private long maxRecordsPerKey = 1L << 23;

    private @Nullable HelloVerification helloVerification;
    private @Nullable Consumer<String> keyLog;

    private Builder(DtlsRole role) {
      this.role = role;
    }

    public Builder certificates(DtlsCertificate... value) {
      certificates = List.of(value);
      return this;
    }

    public Builder peerAuthentication(PeerAuthentication value) {
      peerAuthentication = value;
      return this;
    }

    /// Enabled versions, newest first.
    public Builder versions(ProtocolVersion... value) {
      return versions(List.of(value));
    }

    /// Enabled versions, newest first.
    public Builder versions(List<ProtocolVersion> value) {
      versions = value;
      return this;
    }

    public Builder cipherSuites(CipherSuite... value) {
      cipherSuites = List.of(value);
      return this;
    }

    public Builder groups(NamedGroup... value) {
      groups = List.of(value);
      return this;
    }

    public Builder signatureSchemes(SignatureScheme... value) {
      signatureSchemes = List.of(value);
      return this;
    }

    public Builder srtpProfiles(List<SrtpProfile> value) {
      srtpProfiles = value;
      return this;
    }

    public Builder applicationProtocols(String... value) {
      applicationProtocols = List.of(value);
      return this;
    }

    public Builder requireExtendedMasterSecret(boolean value) {
      requireExtendedMasterSecret = value;
      return this;
    }

    public Builder mtu(int value) {
      mtu = value;
      return this;
    }

    public Builder recordSizeLimit(int value) {
      recordSizeLimit = value;
      return this;
    }

    public Builder initialRetransmission(Duration value) {
      initialRetransmission = value;
      return this;
    }

    public Builder maxRetransmission(Duration value) {
      maxRetransmission = value;
      return this;
    }

    public Builder handshakeTimeout(Duration value) {
      handshakeTimeout = value;
      return this;
    }

    public Builder maxHandshakeMessage(int value) {
      maxHandshakeMessage = value;
      return this;
    }

    public Builder maxHandshakeBuffer(int value) {
      maxHandshakeBuffer = value;
      return this;
    }

    public Builder maxCertificateChain(int value) {
      maxCertificateChain = value;
      return this;
    }

    public Builder maxEarlyRecords(int value) {
      maxEarlyRecords = value;
      return this;
    }

    public Builder maxEarlyBytes(int value) {
      maxEarlyBytes = value;
      return this;
    }

    public Builder maxRecordsPerKey(long value) {
      maxRecordsPerKey = value;
      return this;
    }

    public Builder helloVerification(@Nullable HelloVerification value) {
      helloVerification = value;
      return this;
    }

    public Builder keyLog(@Nullable Consumer<String> value) {
      keyLog = value;
      return this;
    }

    public DtlsOptions build() {
      return new DtlsOptions(
          role,
          certificates,
          peerAuthentication,
          versions,
          cipherSuites,
          groups,
          signatureSchemes,
          srtpProfiles,
          applicationProtocols,
          requireExtendedMasterSecret,
          mtu,
          recordSizeLimit,
          initialRetransmission,
          maxRetransmission,
          handshakeTimeout,
          maxHandshakeMessage,
          maxHandshakeBuffer,
          maxCertificateChain,
          maxEarlyRecords,
          maxEarlyBytes,
          maxRecordsPerKey,
          helloVerification,
          keyLog);
    }
  }
}
