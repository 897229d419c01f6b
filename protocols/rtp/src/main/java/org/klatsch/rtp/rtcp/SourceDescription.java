package org.klatsch.rtp.rtcp;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.klatsch.rtp.MalformedRtpException;
import org.klatsch.sansio.PacketWriter;

/// Source description, RFC 3550 §6.5.
public record SourceDescription(List<Chunk> chunks) implements RtcpPacket {
  /// Canonical name, RFC 3550 §6.5.1.
  public static final int CNAME = 1;

  /// Media identification, RFC 8843 §15.
  public static final int MID = 15;

  /// RtpStreamId, RFC 8852 §4.1.
  public static final int RID = 12;

  /// RepairedRtpStreamId, RFC 8852 §4.2.
  public static final int REPAIRED_RID = 13;

  private static final int MAX_CHUNKS = 31;

  public SourceDescription {
    if (chunks.size() > MAX_CHUNKS) {
      throw new IllegalArgumentException(
          chunks.size() + " chunks, at most " + MAX_CHUNKS + " expected");
    }
    chunks = List.copyOf(chunks);
  }

  /// The usual description: one source and its CNAME.
  public static SourceDescription cname(int ssrc, String cname) {
    return new SourceDescription(List.of(new Chunk(ssrc, List.of(new Item(CNAME, cname)))));
  }

  /// What is told of one source.
  public record Chunk(int ssrc, List<Item> items) {
    public Chunk {
      items = List.copyOf(items);
    }

    /// The text of the first item of `type`, or null.
    public @Nullable String text(int type) {
      for (Item item : items) {
        if (item.type == type) {
          return item.text;
        }
      }
      return null;
    }

    int length() {
      int length = 4;
      for (Item item : items) {
        length += item.length();
      }
      // At least one null byte ends the list, further ones pad to 32 bits.
      return length + 4 - length % 4;
    }
  }

  /// One item.
  ///
  /// @param type 1 to 255
  /// @param text at most 255 bytes in UTF-8
  public record Item(int type, String text) {
    public Item {
      int length = text.getBytes(StandardCharsets.UTF_8).length;
      if (type < 1 || type > 255 || length > 255) {
        throw new IllegalArgumentException(
            "item " + type + " of " + length + " bytes; 1 to 255 and 0 to 255 expected");
      }
    }

    int length() {
      return 2 + text.getBytes(StandardCharsets.UTF_8).length;
    }
  }

  static SourceDescription parse(RtcpHeader header) throws MalformedRtpException {
    List<Chunk> chunks = new ArrayList<>(header.count());
    int at = 0;
    for (int i = 0; i < header.count(); i++) {
      header.require(at + 4);
      int start = at;
      int ssrc = header.i32(at);
      at += 4;
      List<Item> items = new ArrayList<>(2);
      while (true) {
        header.require(at + 1);
        int type = header.u8(at);
        if (type == 0) {
          break;
        }
        header.require(at + 2);
        int length = header.u8(at + 1);
        header.require(at + 2 + length);
        byte[] bytes = header.bytes(at + 2, length);
        String text = new String(bytes, StandardCharsets.UTF_8);
        if (text.getBytes(StandardCharsets.UTF_8).length != length) {
          throw header.malformed("item " + type + " is not UTF-8");
        }
        items.add(new Item(type, text));
        at += 2 + length;
      }
      at = start + (at - start) / 4 * 4 + 4;
      chunks.add(new Chunk(ssrc, items));
    }
    return new SourceDescription(chunks);
  }

  @Override
  public int length() {
    int length = RtcpHeader.LENGTH;
    for (Chunk chunk : chunks) {
      length += chunk.length();
    }
    return length;
  }

  @Override
  public void write(PacketWriter out) {
    RtcpHeader.write(out, chunks.size(), RtcpHeader.SOURCE_DESCRIPTION, length());
    for (Chunk chunk : chunks) {
      int end = out.position() + chunk.length();
      out.u32(chunk.ssrc);
      for (Item item : chunk.items) {
        byte[] text = item.text.getBytes(StandardCharsets.UTF_8);
        out.u8(item.type).u8(text.length).bytes(text);
      }
      out.zeros(end - out.position());
    }
  }
}
