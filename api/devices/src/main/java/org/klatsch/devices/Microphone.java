package org.klatsch.devices;

import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.DataLine;
import javax.sound.sampled.LineUnavailableException;
import javax.sound.sampled.Mixer;
import javax.sound.sampled.TargetDataLine;
import org.klatsch.codecs.AudioFrame;
import org.klatsch.codecs.PcmFormat;
import org.klatsch.codecs.device.AudioInput;
import org.klatsch.codecs.device.Capture;

/// A mixer that records.
final class Microphone implements AudioInput {
  private static final int FRAME_MILLIS = 20;

  /// What the system may keep for us while the machine is busy.
  private static final int BUFFER_MILLIS = 200;

  /// What hardware usually has, best for speech first.
  private static final List<PcmFormat> USUAL =
      List.of(
          new PcmFormat(48_000, 1),
          new PcmFormat(48_000, 2),
          new PcmFormat(44_100, 1),
          new PcmFormat(44_100, 2),
          new PcmFormat(16_000, 1),
          new PcmFormat(8_000, 1));

  private final SoundDevices.Identity identity;
  private final Mixer mixer;

  Microphone(SoundDevices.Identity identity, Mixer mixer) {
    this.identity = identity;
    this.mixer = mixer;
  }

  @Override
  public String id() {
    return "in|" + identity.name();
  }

  @Override
  public String group() {
    return identity.name();
  }

  @Override
  public String label() {
    return identity.label();
  }

  @Override
  public Capture open(PcmFormat wish, Consumer<AudioFrame> listener) throws IOException {
    Set<PcmFormat> formats = new LinkedHashSet<>(List.of(wish));
    formats.addAll(USUAL);
    for (PcmFormat format : formats) {
      DataLine.Info info = new DataLine.Info(TargetDataLine.class, Pcm16.format(format));
      if (mixer.isLineSupported(info)) {
        return open(info, format, listener);
      }
    }
    throw new IOException(identity.label() + " has none of the formats " + formats);
  }

  private Capture open(DataLine.Info info, PcmFormat format, Consumer<AudioFrame> listener)
      throws IOException {
    try {
      TargetDataLine line = (TargetDataLine) mixer.getLine(info);
      AudioFormat pcm = Pcm16.format(format);
      line.open(pcm, format.frames(BUFFER_MILLIS) * pcm.getFrameSize());
      line.start();
      return new Recording(line, format, listener);
    } catch (LineUnavailableException | IllegalArgumentException | SecurityException e) {
      throw new IOException(identity.label() + " cannot be opened: " + e.getMessage(), e);
    }
  }

  /// A line that is read by a thread of its own, as reading blocks.
  private static final class Recording implements Capture {
    private final TargetDataLine line;
    private final PcmFormat format;
    private final Consumer<AudioFrame> listener;
    private final Thread thread;
    private volatile boolean closed;

    Recording(TargetDataLine line, PcmFormat format, Consumer<AudioFrame> listener) {
      this.line = line;
      this.format = format;
      this.listener = listener;
      thread = Thread.ofPlatform().daemon().name("klatsch-microphone").unstarted(this::run);
      thread.start();
    }

    private void run() {
      int frames = format.frames(FRAME_MILLIS);
      byte[] bytes = new byte[frames * format.channels() * Pcm16.BYTES];
      long emitted = 0;
      while (!closed) {
        int length = line.read(bytes, 0, bytes.length);
        int whole = length / (format.channels() * Pcm16.BYTES);
        if (whole <= 0 || closed) {
          // Closed, or the device is gone.
          return;
        }
        short[] samples = new short[whole * format.channels()];
        Pcm16.toShorts(bytes, samples, samples.length);
        listener.accept(
            new AudioFrame(
                samples,
                format.rateHz(),
                format.channels(),
                emitted * 1_000_000_000L / format.rateHz()));
        emitted += whole;
      }
    }

    @Override
    public void close() {
      closed = true;
      line.stop();
      line.close();
      if (Thread.currentThread() != thread) {
        try {
          thread.join();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      }
    }
  }
}
