package org.klatsch.webrtc;

import static org.assertj.core.api.Assertions.assertThat;

import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

final class RenderedFramesTest {
  private static final long MS = 1_000_000;
  private static final Offset<Double> ABOUT = Offset.offset(1e-9);

  private final RenderedFrames frames = new RenderedFrames();

  private RTCInboundRtpStreamStats stats() {
    StatsValues values = new StatsValues(0, "I1");
    frames.putInto(values);
    return new RTCInboundRtpStreamStats(values);
  }

  @Test
  void evenPicturesNeitherFreezeNorPause() {
    for (int i = 0; i < 100; i++) {
      frames.note(i * 40 * MS);
    }
    assertThat(stats().framesRendered()).isEqualTo(100);
    assertThat(stats().totalInterFrameDelay()).isEqualTo(99 * 0.04, ABOUT);
    assertThat(stats().totalSquaredInterFrameDelay()).isEqualTo(99 * 0.0016, ABOUT);
    assertThat(stats().freezeCount()).isZero();
    assertThat(stats().pauseCount()).isZero();
  }

  @Test
  void anIntervalFarBeyondTheUsualIsAFreeze() {
    long now = 0;
    for (int i = 0; i < 40; i++) {
      frames.note(now += 40 * MS);
    }
    frames.note(now += 180 * MS);
    assertThat(stats().freezeCount()).isZero();
    for (int i = 0; i < 40; i++) {
      frames.note(now += 40 * MS);
    }
    frames.note(now += 190 * MS);
    assertThat(stats().freezeCount()).isEqualTo(1);
    assertThat(stats().totalFreezesDuration()).isEqualTo(0.19, ABOUT);
  }

  @Test
  void fiveSecondsWithoutAPictureAreAPause() {
    long now = 0;
    for (int i = 0; i < 40; i++) {
      frames.note(now += 40 * MS);
    }
    frames.note(now + 6_000 * MS);
    assertThat(stats().pauseCount()).isEqualTo(1);
    assertThat(stats().totalPausesDuration()).isEqualTo(6.0, ABOUT);
    assertThat(stats().freezeCount()).isZero();
  }
}
