package org.klatsch.devices;

import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferInt;
import org.klatsch.codecs.VideoFrame;

/// Pictures of video as Java's own images and back. Colours are those of BT.601 in limited range,
/// as [VideoFrame] has them. Any thread.
public final class Images {
  private Images() {}

  /// The picture of an image, with each two by two pixels sharing their colour; transparent parts
  /// are black.
  ///
  /// @param timestampNanos time of capture
  public static VideoFrame toFrame(BufferedImage image, long timestampNanos) {
    int width = image.getWidth();
    int height = image.getHeight();
    int[] rgb = pixels(image);
    VideoFrame frame =
        new VideoFrame(width, height, new byte[VideoFrame.size(width, height)], timestampNanos);
    byte[] i420 = frame.i420();
    for (int i = 0; i < width * height; i++) {
      int red = rgb[i] >> 16 & 0xff;
      int green = rgb[i] >> 8 & 0xff;
      int blue = rgb[i] & 0xff;
      i420[i] = (byte) ((66 * red + 129 * green + 25 * blue + 128 >> 8) + 16);
    }
    int at = 0;
    for (int y = 0; y < height; y += 2) {
      int below = y + 1 < height ? width : 0;
      for (int x = 0; x < width; x += 2) {
        int right = x + 1 < width ? 1 : 0;
        int first = y * width + x;
        int red = 0;
        int green = 0;
        int blue = 0;
        for (int pixel = 0; pixel < 4; pixel++) {
          int colour = rgb[first + (pixel & 1) * right + (pixel >> 1) * below];
          red += colour >> 16 & 0xff;
          green += colour >> 8 & 0xff;
          blue += colour & 0xff;
        }
        i420[frame.offsetU() + at] =
            (byte) ((-38 * red - 74 * green + 112 * blue + 512 >> 10) + 128);
        i420[frame.offsetV() + at] =
            (byte) ((112 * red - 94 * green - 18 * blue + 512 >> 10) + 128);
        at++;
      }
    }
    return frame;
  }

  private static int[] pixels(BufferedImage image) {
    int width = image.getWidth();
    int height = image.getHeight();
    if (image.getType() == BufferedImage.TYPE_INT_RGB
        && image.getRaster().getParent() == null
        && image.getRaster().getDataBuffer() instanceof DataBufferInt buffer
        && buffer.getSize() == width * height) {
      return buffer.getData();
    }
    return scaled(image, width, height).getRGB(0, 0, width, height, null, 0, width);
  }

  /// The image in another size, opaque.
  static BufferedImage scaled(BufferedImage image, int width, int height) {
    if (image.getType() == BufferedImage.TYPE_INT_RGB
        && image.getWidth() == width
        && image.getHeight() == height) {
      return image;
    }
    BufferedImage copy = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = copy.createGraphics();
    graphics.setRenderingHint(
        RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
    graphics.drawImage(image, 0, 0, width, height, null);
    graphics.dispose();
    return copy;
  }

  /// An image of a picture, turned as it is to be shown.
  public static BufferedImage toImage(VideoFrame frame) {
    int width = frame.width();
    int height = frame.height();
    boolean upright = frame.rotationDegrees() % 180 == 0;
    BufferedImage image =
        new BufferedImage(
            upright ? width : height, upright ? height : width, BufferedImage.TYPE_INT_RGB);
    int[] shown = ((DataBufferInt) image.getRaster().getDataBuffer()).getData();
    byte[] i420 = frame.i420();
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int chroma = y / 2 * frame.chromaWidth() + x / 2;
        int luma = 298 * ((i420[y * width + x] & 0xff) - 16) + 128;
        int u = (i420[frame.offsetU() + chroma] & 0xff) - 128;
        int v = (i420[frame.offsetV() + chroma] & 0xff) - 128;
        int colour =
            colour(luma + 409 * v) << 16
                | colour(luma - 100 * u - 208 * v) << 8
                | colour(luma + 516 * u);
        int at =
            switch (frame.rotationDegrees()) {
              case 90 -> x * height + height - 1 - y;
              case 180 -> (height - 1 - y) * width + width - 1 - x;
              case 270 -> (width - 1 - x) * height + y;
              default -> y * width + x;
            };
        shown[at] = colour;
      }
    }
    return image;
  }

  private static int colour(int scaled) {
    return Math.clamp(scaled >> 8, 0, 255);
  }
}
