package org.klatsch.dtls;

import java.util.List;

/// A client and a server that know each other's fingerprints.
final class TestPair {
  final TestEnd client;
  final TestEnd server;

  TestPair() {
    this(clientOptions(), serverOptions());
  }

  TestPair(DtlsOptions.Builder client, DtlsOptions.Builder server) {
    this(client, server, 7);
  }

  TestPair(DtlsOptions.Builder client, DtlsOptions.Builder server, long seed) {
    DtlsOptions clientOptions = client.build();
    DtlsOptions serverOptions = server.build();
    this.client = new TestEnd(clientOptions, seed);
    this.server = new TestEnd(serverOptions, seed + 1_000_000);
    this.client.connection.remoteFingerprints(0, fingerprints(serverOptions));
    this.server.connection.remoteFingerprints(0, fingerprints(clientOptions));
  }

  static DtlsOptions.Builder clientOptions() {
    return clientOptions(KeyType.ECDSA_P256);
  }

  static DtlsOptions.Builder clientOptions(KeyType type) {
    return clientOptions(type, ProtocolVersion.DTLS_1_2);
  }

  static DtlsOptions.Builder serverOptions() {
    return serverOptions(KeyType.ECDSA_P256);
  }

  static DtlsOptions.Builder serverOptions(KeyType type) {
    return serverOptions(type, ProtocolVersion.DTLS_1_2);
  }

  static DtlsOptions.Builder clientOptions(KeyType type, ProtocolVersion... versions) {
    return DtlsOptions.builder(DtlsRole.CLIENT)
        .versions(versions)
        .certificates(TestCertificates.client(type));
  }

  static DtlsOptions.Builder serverOptions(KeyType type, ProtocolVersion... versions) {
    return DtlsOptions.builder(DtlsRole.SERVER)
        .versions(versions)
        .certificates(TestCertificates.server(type));
  }

  /// A client of both versions, the newer one preferred.
  static DtlsOptions.Builder newClient() {
    return clientOptions(KeyType.ECDSA_P256, ProtocolVersion.DTLS_1_3, ProtocolVersion.DTLS_1_2);
  }

  /// A server of both versions, the newer one preferred.
  static DtlsOptions.Builder newServer() {
    return serverOptions(KeyType.ECDSA_P256, ProtocolVersion.DTLS_1_3, ProtocolVersion.DTLS_1_2);
  }

  static List<Fingerprint> fingerprints(DtlsOptions options) {
    return options.certificates().stream().map(c -> c.fingerprint("sha-256")).toList();
  }

  /// Starts both and connects them without delay or loss.
  TestPair connect() {
    server.start(0);
    client.start(0);
    TestEnd.exchange(0, client, server);
    return this;
  }
}
