package org.klatsch.devices;

import java.io.IOException;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.DataLine;
import javax.sound.sampled.LineUnavailableException;
import javax.sound.sampled.Mixer;
import javax.sound.sampled.SourceDataLine;
import org.klatsch.codecs.PcmFormat;
import org.klatsch.codecs.device.AudioOutput;
import org.klatsch.codecs.device.Playback;

/// A mixer that plays.
final class Loudspeaker implements AudioOutput {
  /// Enough for a machine that is busy for a moment, little enough not to be felt in a talk.
  private static final int BUFFER_MILLIS = 60;

  private final SoundDevices.Identity identity;
  private final Mixer mixer;

  Loudspeaker(SoundDevices.Identity identity, Mixer mixer) {
    this.identity = identity;
    this.mixer = mixer;
  }

  @Override
  public String id() {
    return "out|" + identity.name();
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
  public Playback open(PcmFormat format) throws IOException {
    AudioFormat pcm = Pcm16.format(format);
    try {
      SourceDataLine line =
          (SourceDataLine) mixer.getLine(new DataLine.Info(SourceDataLine.class, pcm));
      line.open(pcm, format.frames(BUFFER_MILLIS) * pcm.getFrameSize());
      line.start();
      return new Playing(line);
    } catch (LineUnavailableException | IllegalArgumentException | SecurityException e) {
      throw new IOException(identity.label() + " cannot be opened: " + e.getMessage(), e);
    }
  }

  private static final class Playing implements Playback {
    private final SourceDataLine line;
    private byte[] bytes = new byte[0];

    Playing(SourceDataLine line) {
      this.line = line;
    }

    @Override
    public void write(short[] pcm, int offset, int length) throws IOException {
      if (bytes.length < length * Pcm16.BYTES) {
        bytes = new byte[length * Pcm16.BYTES];
      }
      Pcm16.toBytes(pcm, offset, length, bytes);
      int wanted = length * Pcm16.BYTES;
      if (line.write(bytes, 0, wanted) < wanted) {
        throw new IOException("the loudspeaker is closed or gone");
      }
    }

    @Override
    public void close() {
      line.stop();
      line.close();
    }
  }
}
