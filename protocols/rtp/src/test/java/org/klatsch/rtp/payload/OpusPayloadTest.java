package org.klatsch.rtp.payload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.klatsch.rtp.MalformedRtpException;

class OpusPayloadTest {
  @ParameterizedTest
  @CsvSource({
    "78, 960, HYBRID, false",
    "7c, 960, HYBRID, true",
    "fc, 960, CELT, true",
    "e0, 120, CELT, false",
    "00, 480, SILK, false",
    "18, 2880, SILK, false",
    "4b42, 1920, SILK, false",
    "fb03, 2880, CELT, false",
    "f90102, 1920, CELT, false"
  })
  void readsTheTableOfContents(String hex, int samples, OpusPayload.Mode mode, boolean stereo) {
    byte[] packet = HexFormat.of().parseHex(hex);
    assertThat(OpusPayload.samples(packet, 0, packet.length)).isEqualTo(samples);
    assertThat(OpusPayload.mode(packet[0])).isEqualTo(mode);
    assertThat(OpusPayload.stereo(packet[0])).isEqualTo(stereo);
  }

  @ParameterizedTest
  @CsvSource({"''", "f901", "fa", "fb", "fb00", "fb07", "1b03"})
  void refusesWhatBreaksTheRules(String hex) {
    byte[] packet = HexFormat.of().parseHex(hex);
    assertThat(OpusPayload.samples(packet, 0, packet.length)).isEqualTo(-1);
  }

  @Test
  void seesInBandFec() {
    assertThat(OpusPayload.hasInBandFec(new byte[] {0x48, 0x40, 1}, 0, 3)).isTrue();
    assertThat(OpusPayload.hasInBandFec(new byte[] {0x48, (byte) 0x80, 1}, 0, 3)).isFalse();
    assertThat(OpusPayload.hasInBandFec(new byte[] {(byte) 0xf8, 0x40, 1}, 0, 3)).isFalse();
    assertThat(OpusPayload.hasInBandFec(new byte[] {0x4c, 0x10, 1}, 0, 3)).isTrue();
    // Code 3 with one frame of given padding length and variable sizes.
    assertThat(OpusPayload.hasInBandFec(new byte[] {0x4b, 0x41, 1, 0x40, 0}, 0, 5)).isTrue();
    assertThat(OpusPayload.hasInBandFec(new byte[] {0x48}, 0, 1)).isFalse();
  }

  @Test
  void seesSilence() {
    assertThat(OpusPayload.isDiscontinuous(new byte[] {0x78}, 0, 1)).isTrue();
    assertThat(OpusPayload.isDiscontinuous(new byte[] {0x78, 1, 2}, 0, 3)).isFalse();
  }

  @Test
  void aFrameIsAPayload() throws Exception {
    byte[] frame = {1, 2, 3, 4};
    WholeFramePacketizer packetizer = new WholeFramePacketizer();
    packetizer.start(frame, 1, 3, 3);
    byte[] out = new byte[10];
    assertThat(packetizer.hasNext()).isTrue();
    assertThat(packetizer.next(out, 2)).isEqualTo(3);
    assertThat(packetizer.hasNext()).isFalse();
    WholeFrameDepacketizer depacketizer = new WholeFrameDepacketizer(3);
    assertThat(depacketizer.startsFrame(out, 2, 3)).isTrue();
    depacketizer.append(out, 2, 3);
    assertThat(depacketizer.frameLength()).isEqualTo(3);
    assertThat(depacketizer.frame()).startsWith(2, 3, 4);
    assertThat(depacketizer.keyFrame()).isTrue();
    depacketizer.reset();
    assertThatThrownBy(() -> depacketizer.append(out, 0, 4))
        .isInstanceOf(MalformedRtpException.class);
    assertThatThrownBy(() -> packetizer.start(frame, 0, 4, 3))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
