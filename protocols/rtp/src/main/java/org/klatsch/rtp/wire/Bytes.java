package org.klatsch.rtp.wire;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// Big-endian fields at an index of an array whose length the caller has checked.
public final class Bytes {
  private static final VarHandle SHORT =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private Bytes() {}

  public static int u8(byte[] array, int index) {
    return array[index] & 0xff;
  }

  public static int u16(byte[] array, int index) {
    return (short) SHORT.get(array, index) & 0xffff;
  }

  public static int u24(byte[] array, int index) {
    return u8(array, index) << 16 | u16(array, index + 1);
  }

  /// A signed 24-bit number.
  public static int i24(byte[] array, int index) {
    return u24(array, index) << 8 >> 8;
  }

  public static int i32(byte[] array, int index) {
    return (int) INT.get(array, index);
  }

  public static long i64(byte[] array, int index) {
    return (long) LONG.get(array, index);
  }

  public static void u16(byte[] array, int index, int value) {
    SHORT.set(array, index, (short) value);
  }

  public static void u24(byte[] array, int index, int value) {
    array[index] = (byte) (value >>> 16);
    u16(array, index + 1, value);
  }

  public static void i32(byte[] array, int index, int value) {
    INT.set(array, index, value);
  }

  public static void i64(byte[] array, int index, long value) {
    LONG.set(array, index, value);
  }
}
