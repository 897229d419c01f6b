package org.klatsch.webrtc;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/// What is given up of a video for which there are too few bits.
final class VideoAdaptationTest {
  private static final long SECOND = 1_000_000_000L;

  private final VideoAdaptation adaptation = new VideoAdaptation();

  private void run(
      long fromSecond, int seconds, RTCDegradationPreference preference, long bitrate) {
    for (int frame = 0; frame < 30 * seconds; frame++) {
      long now = fromSecond * SECOND + frame * SECOND / 30;
      adaptation.update(now, preference, 1280, 720, 30, bitrate);
    }
  }

  @Test
  void enoughBitsLeaveEverything() {
    run(0, 10, RTCDegradationPreference.BALANCED, 1_500_000);
    assertThat(adaptation.reason()).isEqualTo(RTCQualityLimitationReason.NONE);
    assertThat(adaptation.scale()).isEqualTo(1);
    assertThat(adaptation.rate()).isEqualTo(1);
  }

  @Test
  void anUnknownBitrateGivesUpNothing() {
    run(0, 3, RTCDegradationPreference.BALANCED, 0);
    assertThat(adaptation.reason()).isEqualTo(RTCQualityLimitationReason.NONE);
  }

  @Test
  void theFirstPictureFitsAlready() {
    adaptation.update(0, RTCDegradationPreference.MAINTAIN_FRAMERATE, 1280, 720, 30, 200_000);
    assertThat(adaptation.scale()).isEqualTo(2);
    assertThat(adaptation.rate()).isEqualTo(1);
  }

  @Test
  void thePreferenceSaysWhatIsGivenUp() {
    run(0, 3, RTCDegradationPreference.MAINTAIN_FRAMERATE, 150_000);
    assertThat(adaptation.rate()).isEqualTo(1);
    assertThat(adaptation.scale()).isGreaterThan(2);

    run(3, 3, RTCDegradationPreference.MAINTAIN_RESOLUTION, 150_000);
    assertThat(adaptation.scale()).isEqualTo(1);
    assertThat(30 * adaptation.rate()).isBetween(4.0, 8.0);

    run(6, 3, RTCDegradationPreference.BALANCED, 150_000);
    assertThat(adaptation.scale()).isGreaterThan(1);
    assertThat(adaptation.rate()).isBetween(0.3, 0.7);
  }

  @Test
  void smallPicturesStayLargeEnoughToBeSeen() {
    adaptation.update(0, RTCDegradationPreference.MAINTAIN_FRAMERATE, 320, 180, 30, 10_000);
    assertThat(adaptation.scale()).isEqualTo(2);
  }

  @Test
  void aBetterPathBringsItBackStepByStep() {
    run(0, 2, RTCDegradationPreference.MAINTAIN_FRAMERATE, 200_000);
    assertThat(adaptation.scale()).isEqualTo(2);
    run(2, 2, RTCDegradationPreference.MAINTAIN_FRAMERATE, 2_000_000);
    assertThat(adaptation.scale()).as("too early to know").isEqualTo(2);
    run(4, 4, RTCDegradationPreference.MAINTAIN_FRAMERATE, 2_000_000);
    assertThat(adaptation.scale()).isBetween(1.3, 1.4);
    run(8, 6, RTCDegradationPreference.MAINTAIN_FRAMERATE, 2_000_000);
    assertThat(adaptation.reason()).isEqualTo(RTCQualityLimitationReason.NONE);
  }

  @Test
  void anEstimateThatWaversDoesNotSwitchToAndFro() {
    int changes = 0;
    double scale = 1;
    for (int second = 0; second < 60; second++) {
      run(
          second,
          1,
          RTCDegradationPreference.MAINTAIN_FRAMERATE,
          second % 2 == 0 ? 650_000 : 800_000);
      if (adaptation.scale() != scale) {
        scale = adaptation.scale();
        changes++;
      }
    }
    assertThat(changes).isEqualTo(1);
  }

  /// An encoder that would need `demand` times the time there is for all of the video.
  ///
  /// @return how often the choice changed
  private int work(
      long fromSecond, int seconds, RTCDegradationPreference preference, double demand) {
    int changes = 0;
    for (long second = fromSecond; second < fromSecond + seconds; second++) {
      double scale = adaptation.scale();
      double rate = adaptation.rate();
      run(second, 1, preference, 5_000_000);
      adaptation.load((second + 1) * SECOND, Math.min(1, demand * rate / (scale * scale)));
      changes += scale == adaptation.scale() && rate == adaptation.rate() ? 0 : 1;
    }
    return changes;
  }

  @Test
  void anEncoderThatIsTooSlowGetsAsMuchAsItCanDo() {
    assertThat(work(0, 30, RTCDegradationPreference.MAINTAIN_FRAMERATE, 2)).isEqualTo(2);
    assertThat(adaptation.scale()).isEqualTo(2);
    assertThat(adaptation.rate()).isEqualTo(1);
    assertThat(adaptation.reason()).isEqualTo(RTCQualityLimitationReason.CPU);

    assertThat(work(30, 30, RTCDegradationPreference.MAINTAIN_RESOLUTION, 2)).isEqualTo(4);
    assertThat(adaptation.scale()).isEqualTo(1);
    assertThat(adaptation.rate()).isEqualTo(0.33);
    assertThat(adaptation.reason()).isEqualTo(RTCQualityLimitationReason.CPU);
  }

  @Test
  void anEncoderThatHasTimeAgainGetsMore() {
    work(0, 10, RTCDegradationPreference.MAINTAIN_FRAMERATE, 2);
    assertThat(work(10, 30, RTCDegradationPreference.MAINTAIN_FRAMERATE, 0.4)).isEqualTo(2);
    assertThat(adaptation.reason()).isEqualTo(RTCQualityLimitationReason.NONE);
    assertThat(adaptation.scale()).isEqualTo(1);
  }

  @Test
  void oneBusySecondGivesUpNothing() {
    for (int second = 0; second < 20; second += 2) {
      work(second, 1, RTCDegradationPreference.BALANCED, 2);
      work(second + 1, 1, RTCDegradationPreference.BALANCED, 0.5);
    }
    assertThat(adaptation.reason()).isEqualTo(RTCQualityLimitationReason.NONE);
  }

  @Test
  void theWorseOfBitsAndTimeHolds() {
    work(0, 10, RTCDegradationPreference.MAINTAIN_FRAMERATE, 2);
    assertThat(adaptation.scale()).isEqualTo(2);
    run(10, 3, RTCDegradationPreference.MAINTAIN_FRAMERATE, 100_000);
    assertThat(adaptation.scale()).isGreaterThan(2);
    assertThat(adaptation.reason()).isEqualTo(RTCQualityLimitationReason.BANDWIDTH);
  }
}
