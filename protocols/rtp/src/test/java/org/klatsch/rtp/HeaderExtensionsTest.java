package org.klatsch.rtp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HeaderExtensionsTest {
  private static ExtensionIds all() {
    Map<ExtensionType, Integer> ids = new EnumMap<>(ExtensionType.class);
    for (ExtensionType type : ExtensionType.values()) {
      ids.put(type, type.ordinal() + 1);
    }
    return ExtensionIds.of(ids);
  }

  @Test
  void readsEveryValueItsSenderWrote() throws Exception {
    ExtensionIds ids = all();
    byte[] out = new byte[300];
    byte[] rid = {'h', 'i'};
    int length =
        new RtpPacketWriter()
            .start(out, 0, out.length, false, 96, 1, 2, 3)
            .csrc(8)
            .csrc(9)
            .extension(ids.id(ExtensionType.RID), rid, 0, 2)
            .extension(ids.id(ExtensionType.REPAIRED_RID), rid, 0, 1)
            .extension(ids.id(ExtensionType.CSRC_AUDIO_LEVEL), new byte[] {5, (byte) 0x86}, 0, 2)
            .extensionU24(ids.id(ExtensionType.TRANSMISSION_OFFSET), -7)
            .extensionU32(
                ids.id(ExtensionType.TRANSPORT_SEQUENCE_V2),
                0xffff0000 | FeedbackRequest.of(true, 12))
            .extensionU64(ids.id(ExtensionType.ABS_CAPTURE_TIME), 0x1122334455667788L)
            .extensionU8(
                ids.id(ExtensionType.VIDEO_ORIENTATION), VideoOrientation.of(true, false, 270))
            .extensionU24(ids.id(ExtensionType.PLAYOUT_DELAY), PlayoutDelay.of(100, 40_950))
            .finish();
    HeaderExtensions read = new HeaderExtensions(ids).of(new RtpPacket().parse(out, 0, length));
    assertThat(read.rid()).isEqualTo("hi");
    assertThat(read.repairedRid()).isEqualTo("h");
    assertThat(read.csrcAudioLevel(0)).isEqualTo(5);
    assertThat(read.csrcAudioLevel(1)).isEqualTo(6);
    assertThat(read.csrcAudioLevel(2)).isEqualTo(HeaderExtensions.ABSENT);
    assertThat(read.transmissionOffset()).isEqualTo(-7);
    assertThat(read.transportSequence()).isEqualTo(65535);
    assertThat(FeedbackRequest.timestamps(read.feedbackRequest())).isTrue();
    assertThat(FeedbackRequest.count(read.feedbackRequest())).isEqualTo(12);
    assertThat(read.absCaptureTime()).isEqualTo(0x1122334455667788L);
    assertThat(read.hasCaptureClockOffset()).isFalse();
    assertThat(VideoOrientation.rotation(read.videoOrientation())).isEqualTo(270);
    assertThat(VideoOrientation.backCamera(read.videoOrientation())).isTrue();
    assertThat(VideoOrientation.flip(read.videoOrientation())).isFalse();
    assertThat(PlayoutDelay.minMillis(read.playoutDelay())).isEqualTo(100);
    assertThat(PlayoutDelay.maxMillis(read.playoutDelay())).isEqualTo(40_950);
    assertThat(read.audioLevel()).isEqualTo(HeaderExtensions.ABSENT);
  }

  @Test
  void readsTheClockOffsetOfACaptureTime() throws Exception {
    byte[] out = new byte[100];
    byte[] value = new byte[16];
    value[15] = 3;
    int length =
        new RtpPacketWriter()
            .start(out, 0, out.length, false, 96, 1, 2, 3)
            .extension(4, value, 0, 16)
            .finish();
    HeaderExtensions read =
        new HeaderExtensions(ExtensionIds.of(Map.of(ExtensionType.ABS_CAPTURE_TIME, 4)))
            .of(new RtpPacket().parse(out, 0, length));
    assertThat(read.hasCaptureClockOffset()).isTrue();
    assertThat(read.captureClockOffset()).isEqualTo(3);
  }

  @Test
  void passesOverUnknownUrisAndRefusesBadIds() {
    ExtensionIds ids =
        ExtensionIds.ofUris(Map.of("urn:example", 3, "urn:ietf:params:rtp-hdrext:sdes:mid", 4));
    assertThat(ids.id(ExtensionType.MID)).isEqualTo(4);
    assertThat(ids.type(3)).isNull();
    assertThat(ids.type(4)).isEqualTo(ExtensionType.MID);
    assertThat(ids.has(ExtensionType.RID)).isFalse();
    assertThatThrownBy(() -> ExtensionIds.of(Map.of(ExtensionType.MID, 256)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("256");
  }
}
