package org.klatsch.webrtc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Constraints against capabilities, Media Capture and Streams §3.
final class SettingsTest {
  private static final Map<String, Object> CAMERA =
      Map.of(
          "width", new ULongRange(160, 1920),
          "height", new ULongRange(120, 1080),
          "frameRate", new DoubleRange(1.0, 30.0),
          "facingMode", List.of("user", "environment"));

  private static final Map<String, Object> DEFAULTS =
      Map.of("width", 640, "height", 480, "frameRate", 30.0, "facingMode", "user");

  private static MediaTrackSettings select(MediaTrackConstraints constraints) {
    return new MediaTrackSettings(Settings.select(CAMERA, DEFAULTS, constraints));
  }

  private static MediaTrackSettings select(MediaTrackConstraintSet constraints) {
    return select(new MediaTrackConstraints(constraints));
  }

  private static MediaTrackConstraintSet set() {
    return new MediaTrackConstraintSet();
  }

  @Test
  void withoutWishesTheDefaultsAreTaken() {
    MediaTrackSettings settings = select(set());
    assertThat(settings.width()).isEqualTo(640);
    assertThat(settings.height()).isEqualTo(480);
    assertThat(settings.frameRate()).isEqualTo(30.0);
    assertThat(settings.facingMode()).isEqualTo("user");
    assertThat(settings.aspectRatio()).isEqualTo(640.0 / 480);
    assertThat(settings.sampleRate()).isNull();
  }

  @Test
  void aBareValueIsAWishThatNeverFails() {
    assertThat(select(set().withWidth(1280).withHeight(720)).width()).isEqualTo(1280);
    assertThat(select(set().withWidth(10_000)).width()).isEqualTo(1920);
    assertThat(select(set().withFacingMode("left")).facingMode()).isEqualTo("user");
    assertThat(select(set().withFacingMode("environment")).facingMode()).isEqualTo("environment");
    assertThat(select(set().withSampleRate(8_000)).sampleRate()).isNull();
  }

  @Test
  void whatIsRequiredIsHadOrNamed() {
    assertThat(select(set().withWidth(ConstrainULongRange.exact(320))).width()).isEqualTo(320);
    assertThat(select(set().withWidth(ConstrainULongRange.min(800))).width()).isEqualTo(800);
    assertThat(select(set().withFrameRate(ConstrainDoubleRange.max(15))).frameRate())
        .isEqualTo(15.0);
    for (MediaTrackConstraintSet impossible :
        List.of(
            set().withWidth(ConstrainULongRange.exact(10_000)),
            set().withWidth(ConstrainULongRange.min(100).withMax(150)))) {
      assertThatExceptionOfType(OverconstrainedError.class)
          .isThrownBy(() -> select(impossible))
          .satisfies(e -> assertThat(e.constraint()).isEqualTo("width"))
          .satisfies(e -> assertThat(e.name()).isEqualTo("OverconstrainedError"));
    }
    assertThatExceptionOfType(OverconstrainedError.class)
        .isThrownBy(() -> select(set().withFacingMode(ConstrainDOMStringParameters.exact("left"))))
        .satisfies(e -> assertThat(e.constraint()).isEqualTo("facingMode"));
  }

  @Test
  void anAdvancedSetIsFollowedAsAWholeOrNotAtAll() {
    MediaTrackConstraints constraints =
        new MediaTrackConstraints(set().withWidth(ConstrainULongRange.max(1280)))
            .withAdvanced(set().withWidth(1920).withHeight(1080))
            .withAdvanced(set().withWidth(1280).withHeight(720));
    assertThat(select(constraints).width()).isEqualTo(1280);
    assertThat(select(constraints).height()).isEqualTo(720);
  }

  @Test
  void aRatioDecidesTheHeightThatNobodyAskedFor() {
    MediaTrackSettings settings = select(set().withWidth(1280).withAspectRatio(16.0 / 9));
    assertThat(settings.height()).isEqualTo(720);
    assertThat(settings.aspectRatio()).isEqualTo(16.0 / 9);
  }

  @Test
  void theNearerOfTwoDevicesIsFound() {
    MediaTrackConstraints wish = new MediaTrackConstraints(set().withWidth(1280));
    Map<String, Object> near = Map.of("width", 1280);
    Map<String, Object> far = Map.of("width", 640);
    assertThat(Settings.distance(near, wish)).isZero();
    assertThat(Settings.distance(far, wish)).isEqualTo(0.5);
  }

  @Test
  void constraintsShowWhatWasAskedFor() {
    MediaTrackConstraintSet set =
        set().withWidth(640).withDeviceId(ConstrainDOMStringParameters.exact("a"));
    assertThat(set.width()).isEqualTo(ConstrainULongRange.ideal(640));
    assertThat(set.deviceId()).isEqualTo(new ConstrainDOMStringParameters(List.of("a"), null));
    assertThat(set.height()).isNull();
    assertThat(set)
        .isEqualTo(set().withWidth(640).withDeviceId(ConstrainDOMStringParameters.exact("a")));
  }
}
