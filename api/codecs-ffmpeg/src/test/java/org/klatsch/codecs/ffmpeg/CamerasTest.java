package org.klatsch.codecs.ffmpeg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.klatsch.codecs.VideoFrame;
import org.klatsch.codecs.device.Capture;
import org.klatsch.codecs.device.MediaDevice;
import org.klatsch.codecs.device.VideoInput;
import org.klatsch.codecs.device.VideoMode;

@Timeout(60)
class CamerasTest {
  @TempDir Path folder;

  @Test
  void aMachineWithoutCamerasHasNone() {
    assertThat(new Cameras(folder.resolve("missing"), folder).devices()).isEmpty();
    assertThat(new Cameras().devices()).doesNotContainNull();
  }

  private void node(String name, String label, String index) throws IOException {
    Path entry = Files.createDirectories(folder.resolve("sys").resolve(name));
    Files.writeString(entry.resolve("name"), label + "\n");
    Files.writeString(entry.resolve("index"), index + "\n");
    Files.createDirectories(folder.resolve("dev"));
    Files.writeString(folder.resolve("dev").resolve(name), "");
  }

  @Test
  void camerasAreListedInOrderWithoutTheirOtherNodes() throws Exception {
    node("video10", "Document camera", "0");
    node("video2", "Webcam", "0");
    node("video3", "Webcam", "1");
    assertThat(new Cameras(folder.resolve("sys"), folder.resolve("dev")).devices())
        .extracting(MediaDevice::label)
        .containsExactly("Webcam", "Document camera");
  }

  @Test
  void aCameraThatCannotBeOpenedIsNamed() throws Exception {
    node("video0", "Broken webcam", "0");
    VideoInput broken =
        (VideoInput) new Cameras(folder.resolve("sys"), folder.resolve("dev")).devices().getFirst();
    assertThatThrownBy(() -> broken.open(new VideoMode(640, 480, 30), _ -> {}))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("Broken webcam");
  }

  /// ffmpeg's own test picture, in colours and a size that are not ours.
  @Test
  void picturesComeInTheSizeAskedFor() throws Exception {
    Camera camera = new Camera("lavfi", "color=c=red:size=322x240:rate=30,format=yuyv422", "Test");
    BlockingQueue<VideoFrame> pictures = new LinkedBlockingQueue<>(3);
    try (Capture capture = camera.open(new VideoMode(160, 90, 30), pictures::offer)) {
      assertThat(capture).isNotNull();
      VideoFrame picture = pictures.poll(30, TimeUnit.SECONDS);
      assertThat(picture.width()).isEqualTo(160);
      assertThat(picture.height()).isEqualTo(90);
      assertThat(picture.i420()[80 * 45] & 0xff).isBetween(70, 90);
      assertThat(picture.i420()[picture.offsetV() + 100] & 0xff).isBetween(230, 245);
    }
  }
}
