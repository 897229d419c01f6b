package org.klatsch.sctp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.zip.CRC32C;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.klatsch.sctp.packet.CommonHeader;
import org.klatsch.sctp.packet.DataChunk;
import org.klatsch.sctp.packet.DropReason;
import org.klatsch.sctp.packet.Wire;

/// What a peer may try, one named case each.
class HostileInputTest {
  private static final long MS = 1_000_000;
  private long now = 1_000 * MS;
  private Endpoint victim;
  private int tag;
  private int peerTsn;

  @BeforeEach
  void connect() {
    SctpOptions plain = SctpOptions.defaults().toBuilder().interleaving(false).build();
    Endpoint[] pair = Endpoint.connected(plain, plain, now);
    victim = pair[0];
    tag = Wire.i32(victim.association.localInit(), 4);
    peerTsn = Wire.i32(pair[1].association.localInit(), 16);
  }

  private byte[] packet(byte[] chunk) {
    byte[] packet = new byte[CommonHeader.LENGTH + chunk.length];
    CommonHeader.write(packet, 0, 5000, 5000, tag);
    System.arraycopy(chunk, 0, packet, CommonHeader.LENGTH, chunk.length);
    CommonHeader.seal(new CRC32C(), packet, 0, packet.length);
    return packet;
  }

  private byte[] data(int flags, int tsn, int stream, int ssn, int length) {
    byte[] chunk = new byte[16 + Wire.padded(length)];
    DataChunk.write(chunk, 0, false, flags, tsn, stream, ssn, 53, 0, length);
    return chunk;
  }

  private long drops(DropReason reason) {
    return victim.association.statistics().drops().getOrDefault(reason, 0L);
  }

  @Test
  void answersAFloodOfInitsWithinBounds() {
    byte[] init = new Endpoint(9).association.localInit();
    byte[] packet = packet(init);
    CommonHeader.write(packet, 0, 5000, 5000, 0);
    CommonHeader.seal(new CRC32C(), packet, 0, packet.length);
    for (int i = 0; i < 10_000; i++) {
      victim.receive(now, packet);
    }
    victim.drain(now);
    assertThat(victim.wire.size()).isLessThanOrEqualTo(16);
    assertThat(victim.association.state()).isEqualTo(SctpAssociation.State.ESTABLISHED);
    assertThat(drops(DropReason.QUEUE_FULL)).isGreaterThan(9_000);
  }

  @Test
  void dropsDataFarAheadOfTheCumulativeTsn() {
    victim.receive(now, packet(data(3, peerTsn + 70_000, 0, 0, 10)));
    assertThat(drops(DropReason.BEYOND_TSN_RANGE)).isEqualTo(1);
  }

  @Test
  void holdsNoMoreThanTheWindowAllows() {
    victim.consume = false;
    for (int i = 0; i < 60_000; i++) {
      victim.receive(now, packet(data(3, peerTsn + 1 + i, 0, 1 + i & 0xffff, 1_100)));
    }
    assertThat(victim.association.statistics().receiveWindow()).isZero();
    assertThat(drops(DropReason.BEYOND_WINDOW)).isGreaterThan(10_000);
  }

  @Test
  void abortsOnAMessageAboveTheAnnouncedSize() {
    int tsn = peerTsn;
    victim.receive(now, packet(data(DataChunk.FLAG_B, tsn++, 0, 0, 1_100)));
    for (int i = 0; i < 300; i++) {
      victim.receive(now, packet(data(0, tsn++, 0, 0, 1_100)));
    }
    assertThat(victim.association.isEnded()).isTrue();
    victim.drain(now);
    assertThat(PacketText.chunks(victim.wire.peekLast())).isEqualTo("ABORT");
  }

  @Test
  void abortsOnDataWithoutUserData() {
    victim.receive(now, packet(data(3, peerTsn, 0, 0, 0)));
    assertThat(victim.association.isEnded()).isTrue();
  }

  @Test
  void reportsDataOnAnInvalidStreamAndGoesOn() {
    victim.receive(now, packet(data(3, peerTsn, 65_535, 0, 10)));
    victim.receive(now, packet(data(3, peerTsn + 1, 0, 0, 10)));
    victim.drain(now);
    assertThat(drops(DropReason.INVALID_STREAM)).isEqualTo(1);
    assertThat(victim.messages()).hasSize(1);
    assertThat(PacketText.chunks(victim.wire.peek())).contains("ERROR");
  }

  @Test
  void ignoresASackOfWhatWasNeverSent() {
    byte[] sack = new byte[16];
    org.klatsch.sctp.packet.SackChunk.writeHeader(sack, 0, 0x12345678, 1000, 0, 0);
    victim.receive(now, packet(sack));
    assertThat(drops(DropReason.STALE_SACK)).isEqualTo(1);
  }

  @Test
  void dropsPacketsWithAWrongTagOrChecksum() {
    byte[] wrongTag = packet(data(3, peerTsn, 0, 0, 10));
    CommonHeader.write(wrongTag, 0, 5000, 5000, tag + 1);
    CommonHeader.seal(new CRC32C(), wrongTag, 0, wrongTag.length);
    victim.receive(now, wrongTag);
    byte[] wrongSum = packet(data(3, peerTsn, 0, 0, 10));
    wrongSum[20] ^= 1;
    victim.receive(now, wrongSum);
    assertThat(drops(DropReason.BAD_VERIFICATION_TAG)).isEqualTo(1);
    assertThat(drops(DropReason.BAD_CHECKSUM)).isEqualTo(1);
    assertThat(victim.messages()).isEmpty();
  }

  @Test
  void skipsUnknownChunksByTheirHighestBits() {
    byte[] skipped = new byte[4 + 28];
    skipped[0] = (byte) 0xbf;
    Wire.put16(skipped, 2, 4);
    System.arraycopy(data(3, peerTsn, 0, 0, 10), 0, skipped, 4, 28);
    victim.receive(now, packet(skipped));
    victim.drain(now);
    assertThat(victim.messages()).hasSize(1);
    skipped[0] = 0x3f; // Stops.
    System.arraycopy(data(3, peerTsn + 1, 0, 1, 10), 0, skipped, 4, 28);
    victim.receive(now, packet(skipped));
    victim.drain(now);
    assertThat(victim.messages()).hasSize(1);
    assertThat(drops(DropReason.UNKNOWN_CHUNK)).isEqualTo(2);
  }
}
