package org.klatsch.sctp;

import java.util.ArrayList;
import java.util.List;
import org.klatsch.sctp.packet.ChunkType;
import org.klatsch.sctp.packet.Wire;

/// Names the chunks of packets, so that a test reads like a sequence chart.
final class PacketText {
  private PacketText() {}

  static String chunks(byte[] packet) {
    List<String> names = new ArrayList<>();
    int position = 12;
    while (position + 4 <= packet.length) {
      names.add(name(packet[position] & 0xff));
      position += Wire.padded(Math.max(4, Wire.u16(packet, position + 2)));
    }
    return String.join("+", names);
  }

  static String name(int type) {
    return switch (type) {
      case ChunkType.DATA -> "DATA";
      case ChunkType.INIT -> "INIT";
      case ChunkType.INIT_ACK -> "INIT-ACK";
      case ChunkType.SACK -> "SACK";
      case ChunkType.HEARTBEAT -> "HEARTBEAT";
      case ChunkType.HEARTBEAT_ACK -> "HEARTBEAT-ACK";
      case ChunkType.ABORT -> "ABORT";
      case ChunkType.SHUTDOWN -> "SHUTDOWN";
      case ChunkType.SHUTDOWN_ACK -> "SHUTDOWN-ACK";
      case ChunkType.ERROR -> "ERROR";
      case ChunkType.COOKIE_ECHO -> "COOKIE-ECHO";
      case ChunkType.COOKIE_ACK -> "COOKIE-ACK";
      case ChunkType.SHUTDOWN_COMPLETE -> "SHUTDOWN-COMPLETE";
      case ChunkType.I_DATA -> "I-DATA";
      case ChunkType.RE_CONFIG -> "RE-CONFIG";
      case ChunkType.PAD -> "PAD";
      case ChunkType.FORWARD_TSN -> "FORWARD-TSN";
      case ChunkType.I_FORWARD_TSN -> "I-FORWARD-TSN";
      default -> "chunk " + type;
    };
  }
}
