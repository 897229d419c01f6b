package org.klatsch.rtp.payload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.klatsch.rtp.MalformedRtpException;

/// What goes through a packetizer and the depacketizer of the same format is unchanged.
class VideoRoundTripTest {
  static List<byte[]> payloads(Packetizer packetizer, byte[] frame, int maxPayload) {
    byte[] shifted = new byte[frame.length + 7];
    System.arraycopy(frame, 0, shifted, 7, frame.length);
    packetizer.start(shifted, 7, frame.length, maxPayload);
    List<byte[]> payloads = new ArrayList<>();
    byte[] out = new byte[maxPayload + 20];
    while (packetizer.hasNext()) {
      int length = packetizer.next(out, 10);
      assertThat(length).isBetween(1, maxPayload);
      payloads.add(Arrays.copyOfRange(out, 10, 10 + length));
    }
    return payloads;
  }

  static byte[] join(Depacketizer depacketizer, List<byte[]> payloads) throws Exception {
    depacketizer.reset();
    for (byte[] payload : payloads) {
      byte[] shifted = new byte[payload.length + 3];
      System.arraycopy(payload, 0, shifted, 3, payload.length);
      depacketizer.append(shifted, 3, payload.length);
    }
    return Arrays.copyOf(depacketizer.frame(), depacketizer.frameLength());
  }

  @ParameterizedTest
  @EnumSource
  void keepsFrames(VideoFormats format) throws Exception {
    int seeds = Integer.getInteger("klatsch.seeds", 50) * 4;
    Packetizer packetizer = format.packetizer();
    Depacketizer depacketizer = format.depacketizer(1 << 20);
    for (int seed = 0; seed < seeds; seed++) {
      Random random = new Random(seed);
      boolean key = random.nextInt(4) == 0;
      byte[] frame = format.frame(random, 1 + random.nextInt(1 << random.nextInt(15)), key);
      List<byte[]> payloads = payloads(packetizer, frame, 20 + random.nextInt(1400));
      assertThat(join(depacketizer, payloads)).as("seed %d", seed).isEqualTo(frame);
      assertThat(depacketizer.keyFrame()).as("seed %d", seed).isEqualTo(key);
      assertThat(depacketizer.complete()).as("seed %d", seed).isTrue();
      byte[] first = payloads.getFirst();
      assertThat(depacketizer.startsFrame(first, 0, first.length)).as("seed %d", seed).isTrue();
      assertThat(depacketizer.startsKeyFrame(first, 0, first.length))
          .as("seed %d", seed)
          .isEqualTo(key);
    }
  }

  @ParameterizedTest
  @EnumSource
  void refusesFramesAboveTheirCap(VideoFormats format) {
    byte[] frame = format.frame(new Random(7), 5000, true);
    List<byte[]> payloads = payloads(format.packetizer(), frame, 100);
    Depacketizer depacketizer = format.depacketizer(frame.length - 1);
    assertThatThrownBy(() -> join(depacketizer, payloads))
        .isInstanceOf(MalformedRtpException.class)
        .extracting(e -> ((MalformedRtpException) e).reason())
        .isEqualTo(MalformedRtpException.Reason.TOO_LARGE);
  }

  @ParameterizedTest
  @EnumSource
  void refusesOrMarksIncompleteFramesCutAtEitherEnd(VideoFormats format) throws Exception {
    byte[] frame = new byte[0];
    Random random = new Random(3);
    // One unit cut into several payloads.
    List<byte[]> payloads = List.of();
    while (payloads.size() < 3) {
      frame = format.frame(random, 4000, false);
      payloads = payloads(format.packetizer(), frame, Math.max(60, frame.length / 3));
      if (format == VideoFormats.H264
          && H264Nal.startCode(frame, 4, frame.length) != frame.length) {
        payloads = List.of();
      }
      if (format == VideoFormats.AV1 && (payloads.size() > 1 && payloads.get(1)[0] >= 0)) {
        payloads = List.of();
      }
    }
    List<byte[]> beheaded = payloads.subList(1, payloads.size());
    assertThatThrownBy(() -> join(format.depacketizer(1 << 20), beheaded))
        .isInstanceOf(MalformedRtpException.class);
    byte[] second = payloads.get(1);
    assertThat(format.depacketizer(100).startsFrame(second, 0, second.length)).isFalse();
    if (format != VideoFormats.VP8) {
      Depacketizer depacketizer = format.depacketizer(1 << 20);
      depacketizer.append(payloads.getFirst(), 0, payloads.getFirst().length);
      assertThat(depacketizer.complete()).isFalse();
    }
  }
}
