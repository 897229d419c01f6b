package org.klatsch.codecs.recorder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.klatsch.codecs.CodecFormat;
import org.klatsch.codecs.container.FileFormat;
import org.klatsch.codecs.container.MediaPacket;
import org.klatsch.codecs.container.MediaTrack;
import org.klatsch.codecs.container.OggOpusReader;
import org.klatsch.codecs.container.WavReader;
import org.klatsch.codecs.container.WebmReader;

class RecorderTest {
  private static final long MS = 1_000_000;
  private static final MediaTrack OPUS = MediaTrack.audio(1, CodecFormat.OPUS, 1);
  private static final MediaTrack VP8 = MediaTrack.video(1, CodecFormat.VP8, 640, 360);

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  private Recorder recorder(FileFormat format, int tracks) {
    return new Recorder(format, Channels.newChannel(bytes), tracks);
  }

  /// 20 ms of Opus with a number in it.
  private static byte[] sound(int number) {
    return new byte[] {(byte) (31 << 3), (byte) number};
  }

  private List<MediaPacket> webm() throws IOException {
    List<MediaPacket> packets = new ArrayList<>();
    try (WebmReader reader = new WebmReader(new ByteArrayInputStream(bytes.toByteArray()))) {
      for (MediaPacket each = reader.read(); each != null; each = reader.read()) {
        packets.add(each);
      }
    }
    return packets;
  }

  @Test
  void waitsForTheKeyFrameOfTheVideoAndKeepsBothTogether() throws IOException {
    try (Recorder recorder = recorder(FileFormat.WEBM, 2)) {
      for (int i = 0; i < 50; i++) {
        long now = 5_000 * MS + i * 20 * MS;
        recorder.write(0, OPUS, now, true, sound(i));
        // The picture of the same moment comes every other time, a key frame after 200 ms.
        if (i % 2 == 0) {
          recorder.write(1, VP8, now, i == 10, new byte[] {(byte) i});
        }
        assertThat(bytes.size() > 0).isEqualTo(i >= 10);
      }
      assertThat(recorder.dropped()).isEqualTo(5);
    }
    List<MediaPacket> packets = webm();
    assertThat(packets).hasSize(70);
    for (MediaPacket each : packets) {
      int number = each.data()[each.track() == 1 ? 1 : 0];
      assertThat(each.timestampNanos()).isEqualTo(number * 20 * MS);
    }
  }

  @Test
  void aTrackThatStaysSilentIsLeftOut() throws IOException {
    try (Recorder recorder = recorder(FileFormat.WEBM, 2)) {
      for (int i = 0; i < 200; i++) {
        recorder.write(0, OPUS, i * 20 * MS, true, sound(i));
      }
      recorder.write(1, VP8, 4_000 * MS, true, new byte[5]);
      assertThat(recorder.dropped()).isEqualTo(1);
    }
    assertThat(webm()).hasSize(200).allMatch(each -> each.track() == 1);
  }

  @Test
  void aTrackThatEndedIsNotWaitedFor() throws IOException {
    try (Recorder recorder = recorder(FileFormat.WEBM, 2)) {
      recorder.write(0, OPUS, 0, true, sound(0));
      assertThat(bytes.size()).isZero();
      recorder.end(1);
      assertThat(bytes.size()).isPositive();
    }
    assertThat(webm()).hasSize(1);
  }

  @Test
  void aPauseTakesNoTimeAndVideoResumesWithAKeyFrame() throws IOException {
    try (Recorder recorder = recorder(FileFormat.WEBM, 2)) {
      recorder.write(0, OPUS, 0, true, sound(0));
      recorder.write(1, VP8, 0, true, new byte[1]);
      recorder.pause(100 * MS);
      recorder.write(0, OPUS, 500 * MS, true, sound(1));
      recorder.resume(1_100 * MS);
      recorder.write(1, VP8, 1_110 * MS, false, new byte[2]);
      recorder.write(0, OPUS, 1_120 * MS, true, sound(2));
      recorder.write(1, VP8, 1_150 * MS, true, new byte[3]);
    }
    List<MediaPacket> packets = webm();
    assertThat(packets).extracting(each -> each.data().length).containsExactly(2, 1, 2, 3);
    assertThat(packets)
        .extracting(MediaPacket::timestampNanos)
        .containsExactly(0L, 0L, 120 * MS, 150 * MS);
  }

  @Test
  void oggFillsAHoleAndWavWritesSilence() throws IOException {
    try (Recorder recorder = recorder(FileFormat.OGG, 1)) {
      for (int i = 0; i < 100; i++) {
        if (i < 20 || i >= 40) {
          recorder.write(0, OPUS, i * 20 * MS, true, sound(i));
        }
      }
    }
    OggOpusReader ogg = new OggOpusReader(new ByteArrayInputStream(bytes.toByteArray()));
    int real = 0;
    int all = 0;
    for (MediaPacket each = ogg.read(); each != null; each = ogg.read()) {
      all++;
      real += each.data().length == 2 ? 1 : 0;
      if (each.data().length == 2) {
        assertThat(each.timestampNanos()).isEqualTo(each.data()[1] * 20 * MS);
      }
    }
    assertThat(real).isEqualTo(80);
    assertThat(all).isEqualTo(100);

    bytes.reset();
    MediaTrack linear = MediaTrack.audio(1, new CodecFormat("audio/L16", 8_000, 1, Map.of()), 1);
    try (Recorder recorder = recorder(FileFormat.WAV, 1)) {
      byte[] loud = new byte[320];
      loud[0] = 0x12;
      loud[1] = 0x34;
      recorder.write(0, linear, 0, true, loud);
      recorder.write(0, linear, 100 * MS, true, loud);
    }
    WavReader wav = new WavReader(new ByteArrayInputStream(bytes.toByteArray()));
    short[] pcm = new short[2_000];
    assertThat(wav.read(pcm, 0, 2_000)).isEqualTo(960);
    assertThat(pcm[0]).isEqualTo((short) 0x1234);
    assertThat(pcm[800]).isEqualTo((short) 0x1234);
    assertThat(pcm[400]).isZero();
  }

  @Test
  void formatsHoldWhatTheySay() {
    assertThat(FileFormat.ofMimeType("video/webm")).contains(FileFormat.WEBM);
    assertThat(FileFormat.ofMimeType("audio/OGG")).contains(FileFormat.OGG);
    assertThat(FileFormat.ofMimeType("video/ogg")).isEmpty();
    assertThat(FileFormat.ofName("a.b.OPUS")).contains(FileFormat.OGG);
    assertThat(FileFormat.ofName("call")).isEmpty();
    assertThat(FileFormat.MP4.holds(CodecFormat.H264)).isTrue();
    assertThat(FileFormat.WEBM.holds(CodecFormat.H264)).isFalse();
    assertThatThrownBy(() -> recorder(FileFormat.WAV, 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("2 tracks");
    assertThatThrownBy(() -> FileFormat.MP4.writer(Channels.newChannel(bytes), List.of(VP8)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("video/VP8");
  }
}
