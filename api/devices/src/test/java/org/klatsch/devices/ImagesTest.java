package org.klatsch.devices;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.klatsch.codecs.VideoFrame;
import org.klatsch.codecs.fake.FakeVideo;
import org.klatsch.codecs.fake.FrameCounter;

class ImagesTest {
  private static BufferedImage filled(int width, int height, int type, Color colour) {
    BufferedImage image = new BufferedImage(width, height, type);
    Graphics2D graphics = image.createGraphics();
    graphics.setColor(colour);
    graphics.fillRect(0, 0, width, height);
    graphics.dispose();
    return image;
  }

  /// ITU-R BT.601 table 3: the colour bars at full amplitude, in limited range.
  @ParameterizedTest
  @CsvSource({
    "ffffff, 235, 128, 128",
    "000000, 16, 128, 128",
    "ff0000, 81, 90, 240",
    "00ff00, 145, 54, 34",
    "0000ff, 41, 240, 110",
    "ffff00, 210, 16, 146"
  })
  void coloursAreThoseOfTheRecommendation(String rgb, int y, int u, int v) {
    Color colour = new Color(Integer.parseInt(rgb, 16));
    VideoFrame frame = Images.toFrame(filled(6, 4, BufferedImage.TYPE_INT_RGB, colour), 7);
    assertThat(frame.timestampNanos()).isEqualTo(7);
    assertThat(frame.i420()[5] & 0xff).isCloseTo(y, offset(1));
    assertThat(frame.i420()[frame.offsetU()] & 0xff).isCloseTo(u, offset(1));
    assertThat(frame.i420()[frame.offsetV()] & 0xff).isCloseTo(v, offset(1));
    int back = Images.toImage(frame).getRGB(3, 2);
    for (int shift = 0; shift <= 16; shift += 8) {
      assertThat(back >> shift & 0xff).isCloseTo(colour.getRGB() >> shift & 0xff, offset(4));
    }
  }

  @ParameterizedTest
  @ValueSource(
      ints = {
        BufferedImage.TYPE_3BYTE_BGR,
        BufferedImage.TYPE_INT_ARGB,
        BufferedImage.TYPE_BYTE_INDEXED,
        BufferedImage.TYPE_USHORT_565_RGB
      })
  void everyTypeOfImageIsTaken(int type) {
    VideoFrame frame = Images.toFrame(filled(5, 3, type, Color.RED), 0);
    assertThat(frame.i420()[0] & 0xff).isBetween(79, 83);
    assertThat(frame.i420()[frame.i420().length - 1] & 0xff).isBetween(236, 241);
  }

  @Test
  void aPartOfAnImageIsThatPart() {
    BufferedImage image = filled(8, 8, BufferedImage.TYPE_INT_RGB, Color.BLACK);
    image.setRGB(4, 4, 0xffffff);
    VideoFrame frame = Images.toFrame(image.getSubimage(4, 4, 2, 2), 0);
    assertThat(frame.i420()).startsWith((byte) 235, (byte) 16, (byte) 16, (byte) 16);
  }

  @Test
  void greyPicturesOfAnySizeComeBack() {
    Random random = new Random(5);
    for (int round = 0; round < 50; round++) {
      int width = 1 + random.nextInt(20);
      int height = 1 + random.nextInt(20);
      BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
      for (int i = 0; i < width * height; i++) {
        image.setRGB(i % width, i / width, random.nextInt(256) * 0x010101);
      }
      BufferedImage back = Images.toImage(Images.toFrame(image, 0));
      assertThat(back.getWidth()).isEqualTo(width);
      assertThat(back.getHeight()).isEqualTo(height);
      for (int i = 0; i < width * height; i++) {
        int before = image.getRGB(i % width, i / width) & 0xff;
        assertThat(back.getRGB(i % width, i / width) & 0xff)
            .as("%d x %d at %d", width, height, i)
            .isCloseTo(before, offset(2));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"0, 0, 0", "90, 1, 0", "180, 2, 1", "270, 0, 2"})
  void aTurnedPictureIsShownUpright(int degrees, int x, int y) {
    byte[] i420 = new byte[VideoFrame.size(3, 2)];
    java.util.Arrays.fill(i420, 0, 6, (byte) 16);
    java.util.Arrays.fill(i420, 6, i420.length, (byte) 128);
    i420[0] = (byte) 235;
    BufferedImage image = Images.toImage(new VideoFrame(3, 2, i420, degrees, 0));
    for (int i = 0; i < 6; i++) {
      int column = i % image.getWidth();
      int row = i / image.getWidth();
      boolean white = (image.getRGB(column, row) & 0xff) > 200;
      assertThat(white).as("%d, %d", column, row).isEqualTo(column == x && row == y);
    }
  }

  @Test
  void aCounterSurvivesAnImage() {
    FakeVideo video = new FakeVideo(320, 180, 30);
    for (int number = 0; number < 5; number++) {
      BufferedImage image = Images.toImage(video.next());
      VideoFrame again = Images.toFrame(Images.scaled(image, 640, 360), 0);
      assertThat(FrameCounter.read(again)).hasValue(number);
    }
  }
}
