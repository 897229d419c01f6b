package org.klatsch.devices;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.Control;
import javax.sound.sampled.DataLine;
import javax.sound.sampled.Line;
import javax.sound.sampled.LineListener;
import javax.sound.sampled.LineUnavailableException;
import javax.sound.sampled.Mixer;
import javax.sound.sampled.SourceDataLine;
import javax.sound.sampled.TargetDataLine;

/// A sound card with one format, one loudspeaker and one microphone that hears it. Its clock is
/// whoever writes.
final class LoopbackMixer implements Mixer {
  static final AudioFormat FORMAT = new AudioFormat(44_100, 16, 2, true, false);

  private static final DataLine.Info IN = new DataLine.Info(TargetDataLine.class, FORMAT);
  private static final DataLine.Info OUT = new DataLine.Info(SourceDataLine.class, FORMAT);

  private final Mixer.Info info;

  /// Samples between loudspeaker and microphone: half a second.
  private final BlockingQueue<Byte> air = new ArrayBlockingQueue<>(44_100 * 2);

  LoopbackMixer(Mixer.Info info) {
    this.info = info;
  }

  @Override
  public Mixer.Info getMixerInfo() {
    return info;
  }

  @Override
  public Line.Info[] getSourceLineInfo() {
    return new Line.Info[] {OUT};
  }

  @Override
  public Line.Info[] getTargetLineInfo() {
    return new Line.Info[] {IN};
  }

  @Override
  public Line.Info[] getSourceLineInfo(Line.Info wanted) {
    return wanted.matches(OUT) ? getSourceLineInfo() : new Line.Info[0];
  }

  @Override
  public Line.Info[] getTargetLineInfo(Line.Info wanted) {
    return wanted.matches(IN) ? getTargetLineInfo() : new Line.Info[0];
  }

  @Override
  public boolean isLineSupported(Line.Info wanted) {
    return wanted.matches(IN) || wanted.matches(OUT);
  }

  @Override
  public Line getLine(Line.Info wanted) {
    if (wanted.matches(IN)) {
      return new Microphone();
    }
    if (wanted.matches(OUT)) {
      return new Loudspeaker();
    }
    throw new IllegalArgumentException(wanted + " is not supported");
  }

  @Override
  public int getMaxLines(Line.Info wanted) {
    return 1;
  }

  @Override
  public Line[] getSourceLines() {
    return new Line[0];
  }

  @Override
  public Line[] getTargetLines() {
    return new Line[0];
  }

  @Override
  public void synchronize(Line[] lines, boolean maintainSync) {
    throw new IllegalArgumentException("not synchronised");
  }

  @Override
  public void unsynchronize(Line[] lines) {}

  @Override
  public boolean isSynchronizationSupported(Line[] lines, boolean maintainSync) {
    return false;
  }

  @Override
  public Line.Info getLineInfo() {
    return new Line.Info(Mixer.class);
  }

  @Override
  public void open() {}

  @Override
  public void close() {}

  @Override
  public boolean isOpen() {
    return true;
  }

  @Override
  public Control[] getControls() {
    return new Control[0];
  }

  @Override
  public boolean isControlSupported(Control.Type control) {
    return false;
  }

  @Override
  public Control getControl(Control.Type control) {
    throw new IllegalArgumentException("no controls");
  }

  @Override
  public void addLineListener(LineListener listener) {}

  @Override
  public void removeLineListener(LineListener listener) {}

  /// What both lines have in common.
  private abstract static class Pcm implements DataLine {
    private volatile boolean open;
    private volatile boolean running;

    public void open(AudioFormat format, int bufferSize) throws LineUnavailableException {
      if (!format.matches(FORMAT)) {
        throw new LineUnavailableException("only " + FORMAT);
      }
      open = true;
    }

    public void open(AudioFormat format) throws LineUnavailableException {
      open(format, 0);
    }

    @Override
    public void open() {
      open = true;
    }

    @Override
    public void start() {
      running = true;
    }

    @Override
    public void stop() {
      running = false;
    }

    @Override
    public void close() {
      open = false;
    }

    @Override
    public boolean isOpen() {
      return open;
    }

    @Override
    public boolean isRunning() {
      return open && running;
    }

    @Override
    public boolean isActive() {
      return isRunning();
    }

    @Override
    public void drain() {}

    @Override
    public void flush() {}

    @Override
    public AudioFormat getFormat() {
      return FORMAT;
    }

    @Override
    public int getBufferSize() {
      return 0;
    }

    @Override
    public int available() {
      return 0;
    }

    @Override
    public int getFramePosition() {
      return 0;
    }

    @Override
    public long getLongFramePosition() {
      return 0;
    }

    @Override
    public long getMicrosecondPosition() {
      return 0;
    }

    @Override
    public float getLevel() {
      return 0;
    }

    @Override
    public Control[] getControls() {
      return new Control[0];
    }

    @Override
    public boolean isControlSupported(Control.Type control) {
      return false;
    }

    @Override
    public Control getControl(Control.Type control) {
      throw new IllegalArgumentException("no controls");
    }

    @Override
    public void addLineListener(LineListener listener) {}

    @Override
    public void removeLineListener(LineListener listener) {}
  }

  private final class Microphone extends Pcm implements TargetDataLine {
    @Override
    public Line.Info getLineInfo() {
      return IN;
    }

    @Override
    public void start() {
      air.clear();
      super.start();
    }

    /// Waits for sound until the line is closed, as real lines do.
    @Override
    public int read(byte[] bytes, int offset, int length) {
      int done = 0;
      while (done < length && isRunning()) {
        Byte heard = air.poll();
        if (heard == null) {
          Thread.onSpinWait();
        } else {
          bytes[offset + done++] = heard;
        }
      }
      return done;
    }
  }

  private final class Loudspeaker extends Pcm implements SourceDataLine {
    @Override
    public Line.Info getLineInfo() {
      return OUT;
    }

    @Override
    public int write(byte[] bytes, int offset, int length) {
      int done = 0;
      while (done < length && isRunning()) {
        if (air.offer(bytes[offset + done])) {
          done++;
        } else {
          Thread.onSpinWait();
        }
      }
      return done;
    }
  }
}
