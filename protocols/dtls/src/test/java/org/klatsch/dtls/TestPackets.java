package org.klatsch.dtls;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.klatsch.sansio.PacketWriter;

/// Packets made by hand, and changes to those of others.
final class TestPackets {
  private TestPackets() {}

  static byte[] record(int type, int version, int epoch, long sequence, byte[] content) {
    byte[] packet = new byte[RecordHeader.LENGTH + content.length];
    RecordHeader.write(packet, 0, type, version, epoch, sequence, content.length);
    System.arraycopy(content, 0, packet, RecordHeader.LENGTH, content.length);
    return packet;
  }

  /// A whole handshake message in a record of epoch 0.
  static byte[] handshake(HandshakeType type, int sequence, byte[] body) {
    return fragment(type.code(), body.length, sequence, 0, body);
  }

  static byte[] fragment(int type, int length, int sequence, int offset, byte[] content) {
    PacketWriter out = new PacketWriter(HandshakeHeader.LENGTH + content.length);
    HandshakeHeader.write(out, type, length, sequence, offset, content.length);
    out.bytes(content);
    return record(ContentType.HANDSHAKE, 0xfefd, 0, sequence, out.toByteArray());
  }

  /// The records of a packet.
  static List<byte[]> records(byte[] packet) {
    List<byte[]> records = new ArrayList<>();
    for (int at = 0; at < packet.length; ) {
      int end =
          UnifiedHeader.matches(packet[at])
              ? at + UnifiedHeader.LENGTH + UnifiedHeader.contentLength(packet, at)
              : at + RecordHeader.LENGTH + RecordHeader.length(packet, at);
      records.add(Arrays.copyOfRange(packet, at, end));
      at = end;
    }
    return records;
  }

  /// The type of the handshake message in an unprotected record, or -1.
  static int handshakeType(byte[] record) {
    return !UnifiedHeader.matches(record[0])
            && RecordHeader.type(record, 0) == ContentType.HANDSHAKE
            && RecordHeader.epoch(record, 0) == 0
        ? record[RecordHeader.LENGTH]
        : -1;
  }

  /// Changes the bodies of all unfragmented messages of one type in a packet. The new body may have
  /// another length.
  static UnaryOperator<byte[]> changing(HandshakeType type, UnaryOperator<byte[]> change) {
    return packet -> {
      byte[] result = {};
      for (byte[] record : records(packet)) {
        byte[] next = record;
        if (handshakeType(record) == type.code()) {
          int header = RecordHeader.LENGTH + HandshakeHeader.LENGTH;
          byte[] body = Arrays.copyOfRange(record, header, record.length);
          int sequence = (record[17] & 0xff) << 8 | (record[18] & 0xff);
          next = handshake(type, sequence, change.apply(body));
        }
        result = KeySchedule12.concat(result, next);
      }
      return result;
    };
  }
}
