package org.klatsch.sansio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;

class PacketReaderTest {
  @Test
  void readsWhatTheWriterWrote() throws Exception {
    PacketWriter writer = new PacketWriter(64);
    writer.u8(0xfe).u16(0xfedc).u24(0xfedcba).u32(0xfedcba98).u48(0xfedcba987654L);
    writer.u64(0xfedcba9876543210L).bytes(new byte[] {1, 2, 3}).zeros(2);
    int patched = writer.position();
    writer.u16(0).u16At(patched, 0xabcd);
    PacketReader reader = new PacketReader(writer.toByteArray());
    assertThat(reader.u8()).isEqualTo(0xfe);
    assertThat(reader.u16()).isEqualTo(0xfedc);
    assertThat(reader.u24()).isEqualTo(0xfedcba);
    assertThat(reader.u32()).isEqualTo(0xfedcba98L);
    assertThat(reader.u48()).isEqualTo(0xfedcba987654L);
    assertThat(reader.i64()).isEqualTo(0xfedcba9876543210L);
    assertThat(reader.slice(3).bytes(3)).containsExactly(1, 2, 3);
    reader.skip(2);
    assertThat(reader.u16()).isEqualTo(0xabcd);
    assertThat(reader.hasRemaining()).isFalse();
  }

  @Test
  void neverReadsPastTheEnd() {
    PacketReader reader = new PacketReader(new byte[10], 2, 3);
    assertThatExceptionOfType(MalformedPacketException.class)
        .isThrownBy(reader::i32)
        .withMessage("truncated: 4 bytes expected, 3 left");
    assertThat(reader.remaining()).isEqualTo(3);
    assertThatExceptionOfType(MalformedPacketException.class).isThrownBy(() -> reader.bytes(-1));
    assertThatExceptionOfType(MalformedPacketException.class)
        .isThrownBy(() -> reader.skip(Integer.MAX_VALUE));
  }

  @Test
  void neverWritesPastTheLimit() {
    PacketWriter writer = new PacketWriter(new byte[10], 2, 3);
    assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> writer.u32(1));
    assertThat(writer.length()).isZero();
  }
}
