package org.klatsch.webrtc;

import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.klatsch.peer.PlaintextTap;
import org.klatsch.sansio.TransportAddress;

/// Writes the SCTP packets inside DTLS to a pcapng file (draft-ietf-opsawg-pcapng), for Wireshark.
/// Whoever has the file can read the messages. Thread-safe; one file may serve many connections.
public final class PlaintextCapture implements PlaintextTap, Closeable {
  private static final System.Logger LOGGER = System.getLogger(PlaintextCapture.class.getName());

  private static final int SECTION_HEADER = 0x0A0D0D0A;
  private static final int INTERFACE_DESCRIPTION = 1;
  private static final int ENHANCED_PACKET = 6;
  private static final int BYTE_ORDER_MAGIC = 0x1A2B3C4D;

  /// LINKTYPE_SCTP: packets begin with SCTP's common header.
  private static final short LINK_TYPE_SCTP = 248;

  private static final short OPTION_COMMENT = 1;
  private static final short OPTION_FLAGS = 2;
  private static final short OPTION_TSRESOL = 9;
  private static final int INBOUND = 1;
  private static final int OUTBOUND = 2;
  private static final int LARGEST_PACKET = 65_536;

  private final OutputStream out;
  private boolean failed;

  private PlaintextCapture(OutputStream out) throws IOException {
    this.out = out;
    byte[] bytes = new byte[60];
    ByteBuffer header = block(bytes);
    header.putInt(SECTION_HEADER).putInt(28).putInt(BYTE_ORDER_MAGIC);
    header.putShort((short) 1).putShort((short) 0).putLong(-1).putInt(28);
    header.putInt(INTERFACE_DESCRIPTION).putInt(32);
    header.putShort(LINK_TYPE_SCTP).putShort((short) 0).putInt(LARGEST_PACKET);
    // Nanoseconds: 10 to the power of -9.
    header.putShort(OPTION_TSRESOL).putShort((short) 1).putInt(9).putInt(0).putInt(32);
    out.write(bytes);
    out.flush();
  }

  /// Creates the file, or writes over one that is there.
  public static PlaintextCapture to(Path file) throws IOException {
    OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 16);
    try {
      return new PlaintextCapture(out);
    } catch (IOException e) {
      out.close();
      throw e;
    }
  }

  private static ByteBuffer block(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  @Override
  public void packet(
      long now,
      boolean outgoing,
      TransportAddress local,
      TransportAddress remote,
      byte[] packet,
      int offset,
      int length) {
    byte[] comment =
        (outgoing ? local + " > " + remote : remote + " > " + local)
            .getBytes(StandardCharsets.UTF_8);
    int padded = length + 3 & ~3;
    int paddedComment = comment.length + 3 & ~3;
    int total = 28 + padded + 8 + 4 + paddedComment + 4 + 4;
    Instant time = Instant.now();
    long nanos = time.getEpochSecond() * 1_000_000_000L + time.getNano();
    byte[] bytes = new byte[total];
    ByteBuffer b = block(bytes);
    b.putInt(ENHANCED_PACKET).putInt(total).putInt(0);
    b.putInt((int) (nanos >>> 32)).putInt((int) nanos).putInt(length).putInt(length);
    b.put(packet, offset, length).position(28 + padded);
    b.putShort(OPTION_FLAGS).putShort((short) 4).putInt(outgoing ? OUTBOUND : INBOUND);
    b.putShort(OPTION_COMMENT).putShort((short) comment.length).put(comment);
    b.position(28 + padded + 8 + 4 + paddedComment);
    b.putInt(0).putInt(total);
    synchronized (this) {
      if (failed) {
        return;
      }
      try {
        out.write(bytes);
      } catch (IOException e) {
        failed = true;
        LOGGER.log(Level.ERROR, "the capture ends here", e);
      }
    }
  }

  /// Writes what is buffered and closes the file; later packets are not written.
  @Override
  public void close() throws IOException {
    synchronized (this) {
      failed = true;
      out.close();
    }
  }
}
