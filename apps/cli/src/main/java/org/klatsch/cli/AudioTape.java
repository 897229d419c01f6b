package org.klatsch.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import org.klatsch.codecs.PcmFormat;
import org.klatsch.codecs.container.WavWriter;
import org.klatsch.webrtc.AudioTrackSink;
import org.klatsch.webrtc.MediaStreamTrack;

/// A track of audio in a WAV file.
final class AudioTape implements Tape {
  private static final PcmFormat FORMAT = new PcmFormat(48_000, 1);

  private final String participant;
  private final Path file;
  private final AudioTrackSink sink;
  private final Thread thread;
  private final AtomicLong frames = new AtomicLong();

  AudioTape(String participant, Path file, MediaStreamTrack track) throws IOException {
    this.participant = participant;
    this.file = file;
    WavWriter writer = WavWriter.create(file, FORMAT);
    sink = new AudioTrackSink(track, FORMAT.rateHz(), FORMAT.channels());
    thread = Thread.ofVirtual().name("klatsch-recording").start(() -> run(writer));
  }

  private void run(WavWriter writer) {
    try (writer) {
      short[] pcm = new short[FORMAT.frames(20) * FORMAT.channels()];
      for (int count = read(pcm); count > 0; count = read(pcm)) {
        writer.write(pcm, 0, count / FORMAT.channels());
        frames.addAndGet(count / FORMAT.channels());
      }
    } catch (IOException e) {
      org.slf4j.LoggerFactory.getLogger(AudioTape.class)
          .error("{} ends early: {}", file, String.valueOf(e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private int read(short[] pcm) throws InterruptedException {
    return sink.read(pcm, 0, pcm.length);
  }

  @Override
  public void close() {
    sink.close();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public String participant() {
    return participant;
  }

  @Override
  public Path file() {
    return file;
  }

  @Override
  public double seconds() {
    return (double) frames.get() / FORMAT.rateHz();
  }
}
