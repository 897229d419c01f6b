package org.klatsch.media.forwarding;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import org.klatsch.media.PacketStore;
import org.klatsch.media.RtpCodec;
import org.klatsch.media.StoredPacket;
import org.klatsch.rtp.ExtensionIds;
import org.klatsch.rtp.MalformedRtpException;
import org.klatsch.rtp.RtpPacket;

/// Any packets in any order: nothing is thrown but for malformed ones, and numbers stay in range.
class SimulcastForwarderFuzzTest {
  private static final RtpCodec[] CODECS = {
    RtpCodec.of("video/VP8", 96, 90_000, 1),
    RtpCodec.of("video/VP9", 98, 90_000, 1),
    RtpCodec.of("video/H264", 100, 90_000, 1),
    RtpCodec.of("video/AV1", 102, 90_000, 1)
  };

  /// The first byte chooses the codec; then packets, each behind a byte of encoding and choice and
  /// one of length.
  @FuzzTest(maxDuration = "60s")
  void packets(byte[] bytes) {
    if (bytes.length == 0) {
      return;
    }
    SimulcastForwarder forwarder = new SimulcastForwarder(65_500, 7);
    RtpCodec codec = CODECS[bytes[0] & 3];
    PacketStore store = new PacketStore(8);
    RtpPacket packet = new RtpPacket();
    byte[] out = new byte[300];
    long now = 0;
    for (int at = 1; at + 2 < bytes.length; ) {
      int length = Math.min(bytes[at + 1] & 0xff, bytes.length - at - 2);
      int encoding = bytes[at] & 3;
      if ((bytes[at] & 4) != 0) {
        forwarder.select(encoding);
      }
      if ((bytes[at] & 8) != 0) {
        forwarder.selectLayer(bytes[at] >> 4 & 7);
      }
      now += (bytes[at] & 0xffL) << 22;
      try {
        packet.parse(bytes, at + 2, length);
        StoredPacket stored = store.add(packet, codec, ExtensionIds.NONE, (bytes[at] & 0x40) != 0);
        if (forwarder.accept(now, encoding, stored)) {
          int written =
              stored.writePayload(out, 0, forwarder.pictureId(), forwarder.basePictureId());
          assertThat(written).isEqualTo(packet.payloadLength());
          assertThat(forwarder.sequenceNumber()).isBetween(0, 65_535);
          assertThat(forwarder.current()).isEqualTo(encoding);
        }
      } catch (MalformedRtpException e) {
        assertThat(e.getMessage()).isNotEmpty();
      }
      at += 2 + length;
    }
  }
}
