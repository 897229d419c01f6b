package org.klatsch.media.fec;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.Map;
import org.klatsch.rtp.ExtensionIds;
import org.klatsch.rtp.ExtensionType;
import org.klatsch.rtp.MalformedRtpException;
import org.klatsch.rtp.RtpPacket;
import org.klatsch.rtp.fec.FecScheme;

/// Fuzz targets: receivers fed with arbitrary media and repair packets. Inputs are cut into
/// packets, each with a byte of kind and one of length.
class FecFuzzTest {
  private static final ExtensionIds IDS =
      ExtensionIds.of(Map.of(ExtensionType.TRANSPORT_SEQUENCE, 3));

  @FuzzTest(maxDuration = "60s")
  void repair(byte[] bytes) {
    FecScheme[] schemes = {FecScheme.ULPFEC, FecScheme.FLEXFEC_03, FecScheme.FLEXFEC};
    if (bytes.length == 0) {
      return;
    }
    FecReceiver receiver =
        new FecReceiver(schemes[(bytes[0] & 3) % 3], 1, IDS, new FecOptions(300, 16, 4, 16, 1));
    RtpPacket view = new RtpPacket();
    byte[] out = new byte[300];
    for (int at = 1; at + 2 < bytes.length; ) {
      int length = Math.min(bytes[at + 1] & 0xff, bytes.length - at - 2);
      try {
        if ((bytes[at] & 1) == 0) {
          receiver.handleMedia(view.parse(bytes, at + 2, length));
        } else {
          receiver.handleRepair(bytes, at + 2, length, 1);
        }
      } catch (MalformedRtpException e) {
        assertThat(e.getMessage()).isNotEmpty();
      }
      while (receiver.pollRecovered(out, 0, out.length) > 0) {
        assertThat(out[0] & 0xc0).isEqualTo(0x80);
      }
      at += 2 + length;
    }
    assertThat(receiver.packetsRecovered()).isLessThanOrEqualTo(receiver.repairsReceived());
  }

  @FuzzTest(maxDuration = "60s")
  void audioRed(byte[] bytes) {
    AudioRedReceiver receiver = new AudioRedReceiver();
    try {
      receiver.handle(
          bytes,
          0,
          bytes.length,
          5,
          (type, timestamp, array, offset, length, redundant) ->
              assertThat(offset + length).isLessThanOrEqualTo(bytes.length));
    } catch (MalformedRtpException e) {
      assertThat(e.getMessage()).isNotEmpty();
    }
  }
}
