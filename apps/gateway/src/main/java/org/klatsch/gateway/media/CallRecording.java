package org.klatsch.gateway.media;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.klatsch.codecs.AudioDecoder;
import org.klatsch.codecs.PcmFormat;
import org.klatsch.codecs.audio.PcmQueue;
import org.klatsch.codecs.audio.Resampler;
import org.klatsch.codecs.container.WavWriter;
import org.klatsch.media.EncodedAudioFrame;
import org.klatsch.media.RtpCodec;

/// Records a call to a WAV file of two channels: the caller on the left, the called on the right.
/// Frames come from the loop, a virtual thread writes what both said in the same time; what did not
/// come is silence.
public final class CallRecording implements AutoCloseable {
  private static final System.Logger LOGGER = System.getLogger(CallRecording.class.getName());

  /// Carries the voice of every telephone codec.
  private static final int RATE = 16_000;

  private static final int BLOCK_MILLIS = 100;

  /// So long frames may be under way and still stand in their place.
  private static final int DELAY_MILLIS = 200;

  private final org.klatsch.codecs.Codecs codecs;
  private final Path file;
  private final WavWriter writer;
  private final Side[] sides;
  private final Thread thread;
  private final CountDownLatch ended = new CountDownLatch(1);
  private volatile boolean closed;

  /// One of both channels; its decoding belongs to its queue.
  private final class Side {
    final SerialWork work = new SerialWork();
    final PcmQueue queue = new PcmQueue(RATE, 1, 3 * RATE);
    final Map<String, Decoding> decodings = new HashMap<>();
    boolean begun;

    void take(EncodedAudioFrame frame) {
      Decoding decoding =
          decodings.computeIfAbsent(frame.codec().mimeType(), _ -> new Decoding(frame.codec()));
      if (!begun) {
        begun = true;
        short[] silence = new short[RATE * DELAY_MILLIS / 1000];
        queue.write(silence, 0, silence.length);
      }
      decoding.decode(frame, queue);
    }
  }

  private final class Decoding {
    final AudioDecoder decoder;
    final Resampler resampler;
    final short[] pcm;
    final short[] out;

    Decoding(RtpCodec codec) {
      decoder = codecs.audioDecoder(Codecs.format(codec), new PcmFormat(Transcoder.rate(codec), 1));
      resampler = new Resampler(decoder.pcm().rateHz(), RATE, 1);
      pcm = new short[decoder.maxFrames() * decoder.pcm().channels()];
      out = new short[resampler.maxOutput(decoder.maxFrames())];
    }

    void decode(EncodedAudioFrame frame, PcmQueue to) {
      int frames = decoder.decode(frame.payload(), 0, frame.payload().length, pcm, 0);
      int channels = decoder.pcm().channels();
      if (channels > 1) {
        for (int i = 0; i < frames; i++) {
          pcm[i] = pcm[i * channels];
        }
      }
      int count = resampler.resample(pcm, 0, frames, out, 0);
      to.write(out, 0, count);
    }
  }

  /// Begins a file, in place of one of that name.
  public CallRecording(org.klatsch.codecs.Codecs codecs, Path file) throws IOException {
    this.codecs = codecs;
    this.file = file;
    this.writer = WavWriter.create(file, new PcmFormat(RATE, 2));
    this.sides = new Side[] {new Side(), new Side()};
    this.thread = Thread.ofVirtual().name("klatsch-recording").start(this::write);
  }

  public Path file() {
    return file;
  }

  /// Takes a frame; any thread.
  ///
  /// @param side 0 for the caller, 1 for the called
  void take(int side, EncodedAudioFrame frame) {
    if (frame.codec().isMedia() && !closed) {
      sides[side].work.execute(() -> sides[side].take(frame));
    }
  }

  private void write() {
    long began = System.nanoTime();
    long written = 0;
    try {
      while (!closed) {
        if (ended.await(BLOCK_MILLIS, TimeUnit.MILLISECONDS)) {
          break;
        }
        long due = (System.nanoTime() - began) / 1_000_000 * RATE / 1000;
        written += write((int) (due - written));
      }
      write(RATE * DELAY_MILLIS / 1000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      LOGGER.log(Level.ERROR, "the recording " + file + " ends early", e);
    } finally {
      closed = true;
      try {
        writer.close();
      } catch (IOException e) {
        LOGGER.log(Level.ERROR, "the recording " + file + " was not completed", e);
      }
    }
  }

  private int write(int frames) throws IOException {
    short[] left = new short[frames];
    short[] right = new short[frames];
    sides[0].queue.read(left, 0, frames);
    sides[1].queue.read(right, 0, frames);
    short[] both = new short[2 * frames];
    for (int i = 0; i < frames; i++) {
      both[2 * i] = left[i];
      both[2 * i + 1] = right[i];
    }
    writer.write(both, 0, frames);
    return frames;
  }

  /// Completes the file and waits for it.
  @Override
  public void close() {
    closed = true;
    ended.countDown();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
