package org.klatsch.testkit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.klatsch.sansio.TransportAddress;

/// Reads UDP packets from a capture in pcap or pcapng form (draft-ietf-opsawg-pcap,
/// draft-ietf-opsawg-pcapng) of Ethernet, Linux cooked or raw IP frames.
public final class Capture {
  private static final int PCAPNG_SECTION = 0x0a0d0d0a;
  private static final int LINKTYPE_NULL = 0;
  private static final int LINKTYPE_ETHERNET = 1;
  private static final int LINKTYPE_RAW = 101;
  private static final int LINKTYPE_LINUX_SLL = 113;
  private static final int LINKTYPE_IPV4 = 228;
  private static final int LINKTYPE_IPV6 = 229;
  private static final int LINKTYPE_LINUX_SLL2 = 276;

  /// A captured UDP packet.
  ///
  /// @param nanos time since the epoch, in nanoseconds
  public record UdpPacket(
      long nanos, TransportAddress source, TransportAddress destination, byte[] payload) {}

  private Capture() {}

  /// The UDP packets of a capture file in their order; other packets are passed over.
  public static List<UdpPacket> read(Path file) throws IOException {
    return read(Files.readAllBytes(file));
  }

  /// The UDP packets of a capture; a cut-off last packet is passed over.
  public static List<UdpPacket> read(byte[] capture) throws IOException {
    if (capture.length < 24) {
      throw new IOException("not a capture: only " + capture.length + " bytes");
    }
    int magic = ByteBuffer.wrap(capture).getInt();
    if (magic == PCAPNG_SECTION) {
      return readPcapng(capture);
    }
    return switch (magic) {
      case 0xa1b2c3d4 -> readPcap(capture, ByteOrder.BIG_ENDIAN, 1_000);
      case 0xd4c3b2a1 -> readPcap(capture, ByteOrder.LITTLE_ENDIAN, 1_000);
      case 0xa1b23c4d -> readPcap(capture, ByteOrder.BIG_ENDIAN, 1);
      case 0x4d3cb2a1 -> readPcap(capture, ByteOrder.LITTLE_ENDIAN, 1);
      default ->
          throw new IOException("not a capture: it starts with " + Integer.toHexString(magic));
    };
  }

  private static List<UdpPacket> readPcap(byte[] capture, ByteOrder order, int fractionNanos) {
    ByteBuffer buffer = ByteBuffer.wrap(capture).order(order);
    int linkType = buffer.getInt(20) & 0xffff;
    buffer.position(24);
    List<UdpPacket> packets = new ArrayList<>();
    while (buffer.remaining() >= 16) {
      long nanos = Integer.toUnsignedLong(buffer.getInt()) * 1_000_000_000L;
      nanos += Integer.toUnsignedLong(buffer.getInt()) * fractionNanos;
      int captured = buffer.getInt();
      buffer.getInt();
      if (captured < 0 || captured > buffer.remaining()) {
        break;
      }
      add(packets, nanos, linkType, slice(buffer, captured));
    }
    return packets;
  }

  private static List<UdpPacket> readPcapng(byte[] capture) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(capture);
    List<UdpPacket> packets = new ArrayList<>();
    List<Integer> linkTypes = new ArrayList<>();
    List<Long> tickNanos = new ArrayList<>();
    while (buffer.remaining() >= 12) {
      int start = buffer.position();
      int type = buffer.getInt(start);
      if (type == PCAPNG_SECTION) {
        buffer.order(
            buffer.order(ByteOrder.BIG_ENDIAN).getInt(start + 8) == 0x1a2b3c4d
                ? ByteOrder.BIG_ENDIAN
                : ByteOrder.LITTLE_ENDIAN);
        linkTypes.clear();
        tickNanos.clear();
      }
      int length = buffer.getInt(start + 4);
      if (length < 12 || length > buffer.remaining()) {
        break;
      }
      switch (buffer.getInt(start)) {
        case 1 -> {
          linkTypes.add(buffer.getShort(start + 8) & 0xffff);
          tickNanos.add(tick(buffer, start + 16, start + length - 4));
        }
        case 6 -> {
          int index = buffer.getInt(start + 8);
          if (index < 0 || index >= linkTypes.size()) {
            throw new IOException(
                "packet of interface " + index + ", " + linkTypes.size() + " known");
          }
          long ticks =
              (long) buffer.getInt(start + 12) << 32
                  | Integer.toUnsignedLong(buffer.getInt(start + 16));
          int captured = buffer.getInt(start + 20);
          if (captured >= 0 && captured <= length - 32) {
            buffer.position(start + 28);
            add(
                packets,
                ticks * tickNanos.get(index),
                linkTypes.get(index),
                slice(buffer, captured));
          }
        }
        default -> {
          // Other blocks say nothing about packets.
        }
      }
      buffer.position(start + length);
    }
    return packets;
  }

  /// The if_tsresol option: nanoseconds per tick, microseconds when it is absent.
  private static long tick(ByteBuffer buffer, int from, int to) {
    int at = from;
    while (at + 4 <= to) {
      int code = buffer.getShort(at) & 0xffff;
      int length = buffer.getShort(at + 2) & 0xffff;
      if (code == 0) {
        break;
      }
      if (code == 9 && length == 1) {
        int exponent = buffer.get(at + 4);
        long nanos = 1_000_000_000L;
        for (int i = 0; i < exponent; i++) {
          nanos /= 10;
        }
        return Math.max(1, nanos);
      }
      at += 4 + (length + 3 & ~3);
    }
    return 1_000;
  }

  private static byte[] slice(ByteBuffer buffer, int length) {
    byte[] bytes = new byte[length];
    buffer.get(bytes);
    return bytes;
  }

  private static void add(List<UdpPacket> packets, long nanos, int linkType, byte[] frame) {
    int ip =
        switch (linkType) {
          case LINKTYPE_NULL -> 4;
          case LINKTYPE_ETHERNET -> ethernetPayload(frame);
          case LINKTYPE_LINUX_SLL -> 16;
          case LINKTYPE_LINUX_SLL2 -> 20;
          case LINKTYPE_RAW, LINKTYPE_IPV4, LINKTYPE_IPV6 -> 0;
          default -> frame.length;
        };
    UdpPacket packet = udp(nanos, frame, ip);
    if (packet != null) {
      packets.add(packet);
    }
  }

  private static int ethernetPayload(byte[] frame) {
    int at = 12;
    while (at + 4 <= frame.length && u16(frame, at) == 0x8100) {
      at += 4;
    }
    return at + 2;
  }

  private static @Nullable UdpPacket udp(long nanos, byte[] frame, int ip) {
    if (ip + 20 > frame.length) {
      return null;
    }
    int version = frame[ip] >> 4 & 0xf;
    int udp;
    byte[] source;
    byte[] destination;
    if (version == 4 && frame[ip + 9] == 17) {
      udp = ip + (frame[ip] & 0xf) * 4;
      source = Arrays.copyOfRange(frame, ip + 12, ip + 16);
      destination = Arrays.copyOfRange(frame, ip + 16, ip + 20);
    } else if (version == 6 && ip + 40 <= frame.length && frame[ip + 6] == 17) {
      udp = ip + 40;
      source = Arrays.copyOfRange(frame, ip + 8, ip + 24);
      destination = Arrays.copyOfRange(frame, ip + 24, ip + 40);
    } else {
      return null;
    }
    if (udp + 8 > frame.length) {
      return null;
    }
    int end = Math.min(frame.length, udp + u16(frame, udp + 4));
    if (end < udp + 8) {
      return null;
    }
    return new UdpPacket(
        nanos,
        TransportAddress.of(source, u16(frame, udp)),
        TransportAddress.of(destination, u16(frame, udp + 2)),
        Arrays.copyOfRange(frame, udp + 8, end));
  }

  private static int u16(byte[] bytes, int at) {
    return (bytes[at] & 0xff) << 8 | (bytes[at + 1] & 0xff);
  }
}
