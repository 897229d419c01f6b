package org.klatsch.sctp.packet;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// Big-endian fields of a `byte[]` whose bounds were checked before.
public final class Wire {
  private static final VarHandle SHORT =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

  private Wire() {}

  /// An unsigned 16-bit number.
  public static int u16(byte[] array, int index) {
    return (short) SHORT.get(array, index) & 0xffff;
  }

  /// 32 bits.
  public static int i32(byte[] array, int index) {
    return (int) INT.get(array, index);
  }

  /// Writes 16 bits.
  public static void put16(byte[] array, int index, int value) {
    SHORT.set(array, index, (short) value);
  }

  /// Writes 32 bits.
  public static void put32(byte[] array, int index, int value) {
    INT.set(array, index, value);
  }

  /// A length rounded up to the next multiple of four: chunks and parameters are padded, RFC 9260
  /// §3.2.
  public static int padded(int length) {
    return length + 3 & ~3;
  }
}
