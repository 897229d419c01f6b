package org.klatsch.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.klatsch.sansio.TransportAddress;

class PcapngWriterTest {
  private static final TransportAddress A = TransportAddress.parse("192.0.2.1", 5000);
  private static final TransportAddress B = TransportAddress.parse("198.51.100.2", 6000);
  private static final TransportAddress A6 = TransportAddress.parse("2001:db8::1", 5000);
  private static final TransportAddress B6 = TransportAddress.parse("2001:db8::2", 6000);

  private final ByteArrayOutputStream file = new ByteArrayOutputStream();

  @Test
  void writesBlocksThatAddUpWithHeadersThatCheck() throws IOException {
    Instant time = Instant.parse("2026-01-02T03:04:05.000000006Z");
    try (PcapngWriter writer = new PcapngWriter(file, 1 << 20)) {
      writer.sctp(time, true, A, B, new byte[] {9, 1, 2, 3, 4, 9}, 1, 4);
      writer.udp(time, false, A6, B6, new byte[] {5, 6, 7}, 0, 3);
    }
    ByteBuffer bytes = ByteBuffer.wrap(file.toByteArray());
    assertThat(block(bytes, 0x0A0D0D0A).getInt()).isEqualTo(0x1A2B3C4D);
    assertThat(block(bytes, 1).getShort()).isEqualTo((short) 101);

    ByteBuffer first = block(bytes, 6);
    assertThat(first.getInt()).isZero();
    assertThat(first.getLong()).isEqualTo(time.getEpochSecond() * 1_000_000_000 + 6);
    assertThat(first.getInt()).isEqualTo(24);
    assertThat(first.getInt()).isEqualTo(24);
    int sum = 0;
    for (int i = 0; i < 20; i += 2) {
      sum += first.getShort(first.position() + i) & 0xffff;
    }
    assertThat((sum & 0xffff) + (sum >>> 16)).isEqualTo(0xffff);
    assertThat(first.get(first.position() + 9)).isEqualTo((byte) 132);
    assertThat(first.getInt(first.position() + 12)).isEqualTo((int) A.low());
    assertThat(first.getInt(first.position() + 16)).isEqualTo((int) B.low());
    assertThat(first.getInt(first.position() + 20)).isEqualTo(0x01020304);
    assertThat(first.getShort(first.position() + 24)).isEqualTo((short) 2);
    assertThat(first.getInt(first.position() + 28)).isEqualTo(2);

    ByteBuffer second = block(bytes, 6);
    second.position(12);
    assertThat(second.getInt()).isEqualTo(40 + 8 + 3);
    second.getInt();
    assertThat(second.getInt(second.position()) >>> 28).isEqualTo(6);
    assertThat(second.getShort(second.position() + 4)).isEqualTo((short) 11);
    assertThat(second.getLong(second.position() + 16)).isEqualTo(A6.low());
    assertThat(second.getShort(second.position() + 42)).isEqualTo((short) 6000);
    assertThat(second.get(second.position() + 50)).isEqualTo((byte) 7);
    assertThat(second.get(second.position() + 51)).isZero();
    assertThat(bytes.hasRemaining()).isFalse();
  }

  private static ByteBuffer block(ByteBuffer file, int type) {
    int start = file.position();
    assertThat(file.getInt()).isEqualTo(type);
    int length = file.getInt();
    assertThat(length % 4).isZero();
    assertThat(file.getInt(start + length - 4)).isEqualTo(length);
    file.position(start + length);
    return file.slice(start + 8, length - 12);
  }

  @Test
  void stopsAtTheLimit() throws IOException {
    PcapngWriter writer = new PcapngWriter(file, 200);
    int head = file.size();
    writer.sctp(Instant.EPOCH, true, A, B, new byte[50], 0, 50);
    assertThat(file.size()).isGreaterThan(head);
    int before = file.size();
    writer.sctp(Instant.EPOCH, true, A, B, new byte[50], 0, 50);
    assertThat(file.size()).isEqualTo(before);
    assertThat(writer.dropped()).isEqualTo(1);
    assertThatThrownBy(() -> writer.udp(Instant.EPOCH, true, A, B6, new byte[1], 0, 1))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
