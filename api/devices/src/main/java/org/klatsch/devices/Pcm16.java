package org.klatsch.devices;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import javax.sound.sampled.AudioFormat;
import org.klatsch.codecs.PcmFormat;

/// 16-bit samples as javax.sound carries them: bytes, little end first.
final class Pcm16 {
  /// Of one sample.
  static final int BYTES = 2;

  private Pcm16() {}

  static AudioFormat format(PcmFormat format) {
    return new AudioFormat(format.rateHz(), 8 * BYTES, format.channels(), true, false);
  }

  static void toShorts(byte[] bytes, short[] samples, int count) {
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asShortBuffer().get(samples, 0, count);
  }

  static void toBytes(short[] samples, int offset, int count, byte[] bytes) {
    ByteBuffer.wrap(bytes)
        .order(ByteOrder.LITTLE_ENDIAN)
        .asShortBuffer()
        .put(samples, offset, count);
  }
}
