package org.klatsch.rtp.payload;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.List;
import org.klatsch.rtp.MalformedRtpException;

/// Fuzz targets: a depacketizer each, and the payloads that are read whole. The first byte of an
/// input says how long its payloads are.
class PayloadFuzzTest {
  private static final int MAX_FRAME = 10_000;

  private final Depacketizer vp8 = new Vp8Depacketizer(MAX_FRAME);
  private final Depacketizer vp9 = new Vp9Depacketizer(MAX_FRAME);
  private final Depacketizer h264 = new H264Depacketizer(MAX_FRAME);
  private final Depacketizer av1 = new Av1Depacketizer(MAX_FRAME);

  private static void feed(Depacketizer depacketizer, byte[] bytes) {
    if (bytes.length == 0) {
      return;
    }
    int step = 1 + (bytes[0] & 0xff);
    depacketizer.reset();
    for (int at = 1; at < bytes.length; at += step) {
      int length = Math.min(step, bytes.length - at);
      boolean starts = depacketizer.startsFrame(bytes, at, length);
      boolean key = depacketizer.startsKeyFrame(bytes, at, length);
      try {
        depacketizer.append(bytes, at, length);
      } catch (MalformedRtpException e) {
        depacketizer.reset();
        assertThat(depacketizer.frameLength()).isZero();
        continue;
      }
      assertThat(depacketizer.frameLength()).isBetween(0, MAX_FRAME);
      assertThat(depacketizer.frame().length).isGreaterThanOrEqualTo(depacketizer.frameLength());
      if (starts && key && depacketizer.complete()) {
        assertThat(depacketizer.frameLength()).isPositive();
      }
    }
  }

  @FuzzTest(maxDuration = "60s")
  void vp8(byte[] bytes) {
    feed(vp8, bytes);
  }

  @FuzzTest(maxDuration = "60s")
  void vp9(byte[] bytes) {
    feed(vp9, bytes);
    Vp9FrameHeader.parse(bytes, 0, bytes.length);
  }

  @FuzzTest(maxDuration = "60s")
  void h264(byte[] bytes) {
    feed(h264, bytes);
  }

  @FuzzTest(maxDuration = "60s")
  void av1(byte[] bytes) {
    feed(av1, bytes);
  }

  @FuzzTest(maxDuration = "60s")
  void packetizers(byte[] bytes) throws Exception {
    for (VideoFormats format : VideoFormats.values()) {
      Packetizer packetizer = format.packetizer();
      try {
        packetizer.start(bytes, 0, bytes.length, 30);
      } catch (IllegalArgumentException e) {
        continue;
      }
      byte[] out = new byte[30];
      int packets = 0;
      while (packetizer.hasNext()) {
        assertThat(packetizer.next(out, 0)).isBetween(1, 30);
        assertThat(++packets).isLessThanOrEqualTo(bytes.length + 1);
      }
    }
  }

  @FuzzTest(maxDuration = "60s")
  void audio(byte[] bytes) {
    OpusPayload.hasInBandFec(bytes, 0, bytes.length);
    OpusPayload.isDiscontinuous(bytes, 0, bytes.length);
    assertThat(OpusPayload.samples(bytes, 0, bytes.length)).isBetween(-1, OpusPayload.MAX_SAMPLES);
    try {
      List<RedBlock> blocks = RedPayload.parse(bytes, 0, bytes.length);
      for (RedBlock block : blocks) {
        assertThat(block.offset() + block.length()).isLessThanOrEqualTo(bytes.length);
      }
      assertThat(RedPayload.primaryType(bytes, 0, bytes.length))
          .isEqualTo(blocks.getLast().payloadType());
      ComfortNoise.parse(bytes, 0, bytes.length);
      assertThat(TelephoneEvent.parse(bytes, 0, bytes.length).duration()).isNotNegative();
    } catch (MalformedRtpException e) {
      assertThat(e.getMessage()).isNotEmpty();
    }
  }
}
