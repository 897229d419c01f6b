package org.klatsch.devices;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.GraphicsEnvironment;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.klatsch.codecs.VideoFrame;
import org.klatsch.codecs.device.Capture;
import org.klatsch.codecs.device.MediaDevice;
import org.klatsch.codecs.device.VideoInput;
import org.klatsch.codecs.device.VideoMode;

class ScreensTest {
  /// With a desktop its screens are photographed; without one there is none, which is no fault.
  @Test
  void aScreenIsThereExactlyWhereThereIsADesktop() throws Exception {
    List<MediaDevice> screens = new Screens().devices();
    assertThat(screens.isEmpty()).isEqualTo(GraphicsEnvironment.isHeadless());
    for (MediaDevice each : screens) {
      VideoInput screen = (VideoInput) each;
      assertThat(screen.isDisplay()).isTrue();
      BlockingQueue<VideoFrame> pictures = new LinkedBlockingQueue<>();
      try (Capture capture = screen.open(new VideoMode(320, 180, 10), pictures::add)) {
        assertThat(capture).isNotNull();
        VideoFrame picture = pictures.poll(20, TimeUnit.SECONDS);
        assertThat(picture).isNotNull();
        assertThat(picture.width()).isEqualTo(320);
        assertThat(picture.height()).isEqualTo(180);
      }
    }
  }
}
