package org.klatsch.bench;

import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Locale;
import org.klatsch.codecs.AudioDecoder;
import org.klatsch.codecs.AudioEncoder;
import org.klatsch.codecs.CodecFormat;
import org.klatsch.codecs.Codecs;
import org.klatsch.codecs.PcmFormat;

/// What Opus alone costs, without calls around it: `[native] RATE BITRATE COMPLEXITY SECONDS`
/// encodes and decodes frames of 20 ms of a voice on one thread. Prints the microseconds of CPU
/// time that one frame takes, and how many ends of two-way calls a core would bear that did nothing
/// else. The codec is the one in Java unless `native` asks for libopus, which then must be
/// installed.
public final class OpusBench {
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  /// Compilation is over when it took less of the time than this; at the latest after so many
  /// turns.
  private static final double QUIET_COMPILER = 0.05;

  private static final double TURN_SECONDS = 4;
  private static final int MAX_TURNS = 12;

  private static final int VOICE_SECONDS = 10;

  private final AudioEncoder encoder;
  private final AudioDecoder decoder;
  private final short[] voice;
  private final int frames;
  private final byte[] payload;
  private final short[] heard;
  private int at;
  private long encodeNanos;
  private long decodeNanos;
  private long bytes;
  private int rounds;

  private OpusBench(Codecs codecs, int rateHz, int bitrate, int complexity) {
    PcmFormat pcm = new PcmFormat(rateHz, 1);
    encoder = codecs.audioEncoder(CodecFormat.OPUS, pcm);
    encoder.bitrate(bitrate);
    encoder.complexity(complexity);
    decoder = codecs.audioDecoder(CodecFormat.OPUS, pcm);
    frames = pcm.frames(20);
    voice = Voice.of(rateHz, VOICE_SECONDS * rateHz, 1);
    payload = new byte[encoder.maxPayloadSize(frames)];
    heard = new short[decoder.maxFrames()];
  }

  /// Runs and prints.
  public static void main(String[] arguments) {
    boolean isNative = arguments[0].equals("native");
    int first = isNative ? 1 : 0;
    OpusBench bench =
        new OpusBench(
            isNative ? BotCall.nativeOnly() : BotCall.pureJava(),
            Integer.parseInt(arguments[first]),
            Integer.parseInt(arguments[first + 1]),
            Integer.parseInt(arguments[first + 2]));
    bench.warmUp();
    bench.run(Double.parseDouble(arguments[first + 3]));
    double encode = bench.encodeNanos * 1e-3 / bench.rounds;
    double decode = bench.decodeNanos * 1e-3 / bench.rounds;
    System.out.printf(
        Locale.ROOT,
        "{\"ok\":true,\"encodeMicros\":%.1f,\"decodeMicros\":%.1f,\"callsPerCore\":%.1f,"
            + "\"kilobits\":%.1f}%n",
        encode,
        decode,
        20_000 / (encode + decode),
        bench.bytes * 8e-3 / (bench.rounds * 0.02));
  }

  private void warmUp() {
    CompilationMXBean compiler = ManagementFactory.getCompilationMXBean();
    for (int turn = 0; turn < MAX_TURNS; turn++) {
      long before = compiler.getTotalCompilationTime();
      run(TURN_SECONDS);
      if (compiler.getTotalCompilationTime() - before < QUIET_COMPILER * TURN_SECONDS * 1e3) {
        return;
      }
    }
  }

  /// Reading the clock of a thread costs a system call: a second of audio goes between two looks.
  private void run(double seconds) {
    encodeNanos = 0;
    decodeNanos = 0;
    bytes = 0;
    rounds = 0;
    byte[][] payloads = new byte[50][];
    long begun = THREADS.getCurrentThreadCpuTime();
    long now = begun;
    while (now - begun < seconds * 1e9) {
      for (int i = 0; i < payloads.length; i++) {
        int length = encoder.encode(voice, at, frames, payload, 0);
        payloads[i] = java.util.Arrays.copyOf(payload, length);
        bytes += length;
        at = (at + frames) % voice.length;
      }
      long encoded = THREADS.getCurrentThreadCpuTime();
      for (byte[] each : payloads) {
        if (decoder.decode(each, 0, each.length, heard, 0) != frames) {
          throw new IllegalStateException("a frame was decoded to another length");
        }
      }
      long decoded = THREADS.getCurrentThreadCpuTime();
      encodeNanos += encoded - now;
      decodeNanos += decoded - encoded;
      rounds += payloads.length;
      now = decoded;
    }
  }
}
