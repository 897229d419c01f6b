package org.klatsch.codecs.opus;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.List;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/// The system's libopus, called through `java.lang.foreign`. States live in memory that goes with
/// the last reference to them.
final class LibOpus implements OpusLibrary {
  private static final int APPLICATION_VOIP = 2048;
  private static final int APPLICATION_AUDIO = 2049;
  private static final int SET_MAX_BANDWIDTH = 4004;
  private static final int SET_BITRATE = 4002;
  private static final int SET_VBR = 4006;
  private static final int SET_COMPLEXITY = 4010;
  private static final int SET_INBAND_FEC = 4012;
  private static final int SET_PACKET_LOSS_PERC = 4014;
  private static final int SET_DTX = 4016;
  private static final int SET_FORCE_CHANNELS = 4022;
  private static final int BANDWIDTH_NARROWBAND = 1101;

  /// Upper ends of the five bandwidths, as sampling rates.
  private static final int[] BANDWIDTH_RATES = {8_000, 12_000, 16_000, 24_000};

  /// Alignment of a state, as `malloc` gives.
  private static final long ALIGNMENT = 16;

  /// 120 ms at 48 kHz, RFC 6716 §3.4 R5.
  private static final int MAX_FRAMES = 5_760;

  /// Longer payloads than three frames of 1,275 bytes are not made here.
  private static final int MAX_PAYLOAD = 4_000;

  private static final List<String> NAMES =
      List.of("libopus.so.0", "libopus.0.dylib", "libopus-0.dll", "opus.dll");

  private static final class Installed {
    static final @Nullable LibOpus LIBRARY = load();
  }

  private final MethodHandle encoderSize;
  private final MethodHandle encoderInit;
  private final MethodHandle encode;
  private final MethodHandle control;
  private final MethodHandle decoderSize;
  private final MethodHandle decoderInit;
  private final MethodHandle decode;

  private LibOpus(SymbolLookup library) {
    encoderSize = find(library, "opus_encoder_get_size", JAVA_INT);
    encoderInit = find(library, "opus_encoder_init", ADDRESS, JAVA_INT, JAVA_INT, JAVA_INT);
    encode = find(library, "opus_encode", ADDRESS, ADDRESS, JAVA_INT, ADDRESS, JAVA_INT);
    control =
        Linker.nativeLinker()
            .downcallHandle(
                library.findOrThrow("opus_encoder_ctl"),
                FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT),
                Linker.Option.firstVariadicArg(2));
    decoderSize = find(library, "opus_decoder_get_size", JAVA_INT);
    decoderInit = find(library, "opus_decoder_init", ADDRESS, JAVA_INT, JAVA_INT);
    decode = find(library, "opus_decode", ADDRESS, ADDRESS, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT);
  }

  private static MethodHandle find(SymbolLookup library, String name, MemoryLayout... arguments) {
    return Linker.nativeLinker()
        .downcallHandle(library.findOrThrow(name), FunctionDescriptor.of(JAVA_INT, arguments));
  }

  /// The library; null where it is not installed, or native access is not enabled: without that,
  /// looking for it would print warnings.
  static @Nullable LibOpus installed() {
    return Installed.LIBRARY;
  }

  private static @Nullable LibOpus load() {
    if (!LibOpus.class.getModule().isNativeAccessEnabled()) {
      return null;
    }
    for (String name : NAMES) {
      LibOpus found = load(name);
      if (found != null) {
        return found;
      }
    }
    return null;
  }

  /// Null for another system's name, or a library that lacks functions.
  private static @Nullable LibOpus load(String name) {
    try {
      return new LibOpus(SymbolLookup.libraryLookup(name, Arena.global()));
    } catch (IllegalArgumentException | NoSuchElementException e) {
      return null;
    }
  }

  @Override
  public Encoder encoder(int rateHz, int channels, boolean music) {
    int application = music ? APPLICATION_AUDIO : APPLICATION_VOIP;
    MemorySegment state = allocate(size(encoderSize, channels));
    try {
      check((int) encoderInit.invokeExact(state, rateHz, channels, application), "encoder");
    } catch (Throwable e) {
      throw failed(e);
    }
    return new NativeEncoder(this, state, channels);
  }

  @Override
  public Decoder decoder(int rateHz, int channels) {
    MemorySegment state = allocate(size(decoderSize, channels));
    try {
      check((int) decoderInit.invokeExact(state, rateHz, channels), "decoder");
    } catch (Throwable e) {
      throw failed(e);
    }
    MemorySegment in = allocate(MAX_PAYLOAD);
    MemorySegment pcm = allocate((long) MAX_FRAMES * channels * Short.BYTES);
    return (payload, offset, length, out, outOffset, frames, fec) -> {
      if (length > MAX_PAYLOAD || frames > MAX_FRAMES) {
        return -1;
      }
      if (payload != null) {
        MemorySegment.copy(payload, offset, in, JAVA_BYTE, 0, length);
      }
      MemorySegment data = payload == null ? MemorySegment.NULL : in;
      int made;
      try {
        made = (int) decode.invokeExact(state, data, length, pcm, frames, fec ? 1 : 0);
      } catch (Throwable e) {
        throw failed(e);
      }
      if (made > 0) {
        MemorySegment.copy(pcm, JAVA_SHORT, 0, out, outOffset, made * channels);
      }
      return made;
    };
  }

  @Override
  public boolean decodesAllAtEveryRate() {
    return true;
  }

  private static MemorySegment allocate(long bytes) {
    return Arena.ofAuto().allocate(bytes, ALIGNMENT);
  }

  private static int size(MethodHandle function, int channels) {
    try {
      return (int) function.invokeExact(channels);
    } catch (Throwable e) {
      throw failed(e);
    }
  }

  private static void check(int status, String what) {
    if (status != 0) {
      throw new IllegalArgumentException("libopus refused the " + what + " with " + status);
    }
  }

  private static RuntimeException failed(Throwable e) {
    return e instanceof RuntimeException runtime ? runtime : new IllegalStateException(e);
  }

  private static final class NativeEncoder implements Encoder {
    private final LibOpus library;
    private final MemorySegment state;
    private final int channels;
    private final MemorySegment pcm;
    private final MemorySegment payload = allocate(MAX_PAYLOAD);

    NativeEncoder(LibOpus library, MemorySegment state, int channels) {
      this.library = library;
      this.state = state;
      this.channels = channels;
      this.pcm = allocate((long) MAX_FRAMES * channels * Short.BYTES);
    }

    @Override
    public int encode(short[] from, int offset, int frames, byte[] out, int outOffset, int room) {
      MemorySegment.copy(from, offset, pcm, JAVA_SHORT, 0, frames * channels);
      int length;
      try {
        length =
            (int)
                library.encode.invokeExact(
                    state, pcm, frames, payload, Math.min(room, MAX_PAYLOAD));
      } catch (Throwable e) {
        throw failed(e);
      }
      if (length < 0) {
        throw new IllegalStateException("the Opus encoder failed with " + length);
      }
      MemorySegment.copy(payload, JAVA_BYTE, 0, out, outOffset, length);
      return length;
    }

    private void set(int request, int value) {
      try {
        check((int) library.control.invokeExact(state, request, value), "setting " + request);
      } catch (Throwable e) {
        throw failed(e);
      }
    }

    @Override
    public void bitrate(int bitsPerSecond) {
      set(SET_BITRATE, bitsPerSecond);
    }

    @Override
    public void complexity(int complexity) {
      set(SET_COMPLEXITY, complexity);
    }

    @Override
    public void inbandFec(boolean on) {
      set(SET_INBAND_FEC, on ? 1 : 0);
    }

    @Override
    public void dtx(boolean on) {
      set(SET_DTX, on ? 1 : 0);
    }

    @Override
    public void lossPercent(int percent) {
      set(SET_PACKET_LOSS_PERC, percent);
    }

    @Override
    public void variableBitrate(boolean on) {
      set(SET_VBR, on ? 1 : 0);
    }

    @Override
    public void maxRate(int rateHz) {
      int bandwidth = BANDWIDTH_NARROWBAND;
      for (int end : BANDWIDTH_RATES) {
        bandwidth += rateHz > end ? 1 : 0;
      }
      set(SET_MAX_BANDWIDTH, bandwidth);
    }

    @Override
    public void forceMono() {
      set(SET_FORCE_CHANNELS, 1);
    }
  }
}
