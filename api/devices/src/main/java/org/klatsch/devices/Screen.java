package org.klatsch.devices;

import java.awt.AWTException;
import java.awt.GraphicsDevice;
import java.awt.Rectangle;
import java.awt.Robot;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.klatsch.codecs.VideoFrame;
import org.klatsch.codecs.device.Capture;
import org.klatsch.codecs.device.VideoInput;
import org.klatsch.codecs.device.VideoMode;

/// A screen, photographed again and again.
final class Screen implements VideoInput {
  /// More than a photograph of a large screen takes.
  private static final double MOST_PER_SECOND = 30;

  private static final double NANOS_PER_SECOND = 1e9;

  private final GraphicsDevice device;
  private final String label;

  Screen(GraphicsDevice device, String label) {
    this.device = device;
    this.label = label;
  }

  @Override
  public String id() {
    return "screen|" + device.getIDstring();
  }

  @Override
  public String group() {
    return id();
  }

  @Override
  public String label() {
    return label;
  }

  @Override
  public boolean isDisplay() {
    return true;
  }

  @Override
  public VideoMode best() {
    Rectangle bounds = bounds();
    return new VideoMode(bounds.width, bounds.height, MOST_PER_SECOND);
  }

  private Rectangle bounds() {
    return device.getDefaultConfiguration().getBounds();
  }

  @Override
  public Capture open(VideoMode mode, Consumer<VideoFrame> listener) throws IOException {
    try {
      return new Filming(new Robot(device), mode, listener);
    } catch (AWTException | SecurityException e) {
      throw new IOException(label + " cannot be photographed: " + e.getMessage(), e);
    }
  }

  private final class Filming implements Capture {
    private final Robot robot;
    private final VideoMode mode;
    private final Consumer<VideoFrame> listener;
    private final long began = System.nanoTime();
    private final ScheduledExecutorService camera =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("klatsch-screen").factory());

    Filming(Robot robot, VideoMode mode, Consumer<VideoFrame> listener) {
      this.robot = robot;
      this.mode = mode;
      this.listener = listener;
      var _ =
          camera.scheduleAtFixedRate(
              this::photograph,
              0,
              (long) (NANOS_PER_SECOND / mode.framesPerSecond()),
              TimeUnit.NANOSECONDS);
    }

    private void photograph() {
      BufferedImage image = robot.createScreenCapture(bounds());
      long at = System.nanoTime() - began;
      listener.accept(Images.toFrame(Images.scaled(image, mode.width(), mode.height()), at));
    }

    @Override
    public void close() {
      camera.shutdownNow();
      try {
        // Called by the listener itself, this would wait for itself.
        if (!Thread.currentThread().getName().equals("klatsch-screen")) {
          camera.awaitTermination(1, TimeUnit.SECONDS);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
