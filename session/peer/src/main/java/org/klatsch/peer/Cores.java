package org.klatsch.peer;

import java.security.SecureRandom;
import java.util.Base64;
import org.klatsch.dtls.DtlsCertificate;
import org.klatsch.dtls.DtlsConnection;
import org.klatsch.dtls.DtlsOptions;
import org.klatsch.dtls.Fingerprint;
import org.klatsch.sctp.SctpAssociation;
import org.klatsch.sctp.SctpOptions;
import org.klatsch.sctp.dcep.DataChannels;

/// Makes the protocol cores of a session from what was agreed.
final class Cores {
  private Cores() {}

  /// The options keep use_srtp for data channels alone too: media may be added later to the same
  /// association, and some stacks refuse a handshake without it.
  static DtlsConnection dtls(
      long now, SessionOptions options, DtlsRole role, DtlsParameters remote, SecureRandom random) {
    DtlsConnection connection =
        new DtlsConnection(
            DtlsOptions.builder(
                    role == DtlsRole.CLIENT
                        ? org.klatsch.dtls.DtlsRole.CLIENT
                        : org.klatsch.dtls.DtlsRole.SERVER)
                .certificates(options.certificates().toArray(DtlsCertificate[]::new))
                .versions(options.dtlsVersions())
                .keyLog(options.keyLog())
                .srtpProfiles(options.srtpProfiles())
                .build(),
            random);
    connection.remoteFingerprints(
        now,
        remote.fingerprints().stream()
            .map(each -> Fingerprint.parse(each.algorithm() + " " + each.value()))
            .toList());
    return connection;
  }

  /// An association that goes by our INIT chunk from signalling when the peer has it.
  static DataChannels channels(SessionOptions options, SctpParameters sctp, SecureRandom random) {
    SctpOptions.Builder builder =
        options.sctp().toBuilder().ports(sctp.localPort(), sctp.remotePort());
    if (sctp.localMaxMessageSize() > 0) {
      builder.maxReceivedMessageSize(
          (int) Math.min(sctp.localMaxMessageSize(), Integer.MAX_VALUE - 8));
    }
    String told = options.sctpInit();
    SctpAssociation association =
        told == null || sctp.remoteInit() == null
            ? new SctpAssociation(builder.build(), random)
            : new SctpAssociation(builder.build(), random, Base64.getDecoder().decode(told));
    return new DataChannels(association, options.channels());
  }

  /// Sets the association up, by the peer's INIT chunk from signalling when it has ours from there.
  static void connect(
      long now, DataChannels channels, SessionOptions options, SctpParameters sctp) {
    String remote = sctp.remoteInit();
    if (remote == null || options.sctpInit() == null) {
      channels.connect(now);
    } else {
      channels.connect(now, Base64.getDecoder().decode(remote));
    }
  }
}
