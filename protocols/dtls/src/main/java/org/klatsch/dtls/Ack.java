package org.klatsch.dtls;

import java.util.ArrayList;
import java.util.List;
import org.klatsch.sansio.MalformedPacketException;
import org.klatsch.sansio.PacketReader;
import org.klatsch.sansio.PacketWriter;

/// The content of an ACK record, RFC 9147 §7:
///
/// ```
/// struct { uint64 epoch; uint64 sequence_number; } RecordNumber;
/// struct { RecordNumber record_numbers<0..2^16-1>; } ACK;
/// ```
record Ack(List<Ack.RecordNumber> recordNumbers) {
  /// Names a record among all of one direction.
  record RecordNumber(long epoch, long sequence) {}

  /// Bytes of one number.
  private static final int NUMBER_LENGTH = 16;

  static Ack parse(PacketReader in) throws MalformedPacketException {
    PacketReader list = in.slice(in.u16());
    Extensions.requireEnd(in);
    List<RecordNumber> numbers = new ArrayList<>(list.remaining() / NUMBER_LENGTH);
    while (list.hasRemaining()) {
      numbers.add(new RecordNumber(list.i64(), list.i64()));
    }
    return new Ack(numbers);
  }

  byte[] encode() {
    PacketWriter out = new PacketWriter(2 + NUMBER_LENGTH * recordNumbers.size());
    out.u16(NUMBER_LENGTH * recordNumbers.size());
    recordNumbers.forEach(n -> out.u64(n.epoch()).u64(n.sequence()));
    return out.toByteArray();
  }
}
