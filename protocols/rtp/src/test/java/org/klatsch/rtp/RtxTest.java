package org.klatsch.rtp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class RtxTest {
  @Test
  void anOriginalSurvivesItsRetransmission() throws Exception {
    byte[] original = new byte[200];
    int length =
        new RtpPacketWriter()
            .start(original, 10, 190, true, 96, 65535, 77, 5)
            .extensionU16(3, 9)
            .payload(new byte[] {1, 2, 3, 4, 5}, 0, 5)
            .finish();
    byte[] out = new byte[300];
    int wrapped = Rtx.wrap(new RtpPacket().parse(original, 10, length), 97, 12, 6, out, 20, 280);
    assertThat(wrapped).isEqualTo(length + 2);
    RtpPacket packet = new RtpPacket().parse(out, 20, wrapped);
    assertThat(packet.payloadType()).isEqualTo(97);
    assertThat(packet.sequenceNumber()).isEqualTo(12);
    assertThat(packet.ssrc()).isEqualTo(6);
    assertThat(packet.timestamp()).isEqualTo(77);
    assertThat(packet.marker()).isTrue();
    assertThat(Rtx.isPadding(packet)).isFalse();
    Rtx.unwrap(packet, 96, 5);
    assertThat(Arrays.copyOfRange(out, packet.offset(), packet.offset() + packet.length()))
        .isEqualTo(Arrays.copyOfRange(original, 10, 10 + length));
  }

  @Test
  void dropsPaddingAndKnowsProbes() throws Exception {
    byte[] original = new byte[200];
    RtpPacketWriter writer = new RtpPacketWriter();
    int length =
        writer
            .start(original, 0, 200, false, 96, 1, 2, 3)
            .payload(new byte[] {1}, 0, 1)
            .padding(50)
            .finish();
    byte[] out = new byte[300];
    int wrapped = Rtx.wrap(new RtpPacket().parse(original, 0, length), 97, 1, 6, out, 0, 300);
    assertThat(wrapped).isEqualTo(15);
    assertThat(new RtpPacket().parse(out, 0, wrapped).paddingLength()).isZero();
    length = writer.start(original, 0, 200, false, 97, 1, 2, 3).padding(100).finish();
    RtpPacket probe = new RtpPacket().parse(original, 0, length);
    assertThat(Rtx.isPadding(probe)).isTrue();
    assertThatThrownBy(() -> Rtx.unwrap(probe, 96, 3)).isInstanceOf(MalformedRtpException.class);
  }
}
