package org.klatsch.rtp.rtcp;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.klatsch.rtp.MalformedRtpException;
import org.klatsch.sansio.PacketWriter;

/// Extended report, RFC 3611 §2.
public record ExtendedReport(int ssrc, List<Block> blocks) implements RtcpPacket {
  private static final int BLOCK_HEADER = 4;
  private static final int RECEIVER_REFERENCE_TIME = 4;
  private static final int DELAY_SINCE_LAST_RECEIVER_REPORT = 5;

  public ExtendedReport {
    blocks = List.copyOf(blocks);
  }

  /// A report block, RFC 3611 §3.
  ///
  /// ```
  /// |      BT       | type-specific |         block length          |
  /// ```
  public sealed interface Block permits ReceiverReferenceTime, ReceiverDelays, OtherBlock {
    /// Length on the wire in bytes, a multiple of four.
    int length();

    /// Writes [#length()] bytes.
    void write(PacketWriter out);
  }

  /// Receiver reference time, RFC 3611 §4.4: lets someone who only receives measure round trips.
  public record ReceiverReferenceTime(long ntpTime) implements Block {
    @Override
    public int length() {
      return BLOCK_HEADER + 8;
    }

    @Override
    public void write(PacketWriter out) {
      out.u8(RECEIVER_REFERENCE_TIME).u8(0).u16(2).u64(ntpTime);
    }
  }

  /// DLRR, RFC 3611 §4.5: the answers to receiver reference times.
  public record ReceiverDelays(List<Delay> delays) implements Block {
    public ReceiverDelays {
      delays = List.copyOf(delays);
    }

    @Override
    public int length() {
      return BLOCK_HEADER + 12 * delays.size();
    }

    @Override
    public void write(PacketWriter out) {
      out.u8(DELAY_SINCE_LAST_RECEIVER_REPORT).u8(0).u16(3 * delays.size());
      for (Delay delay : delays) {
        out.u32(delay.ssrc).u32(delay.lastReceiverReport).u32(delay.delaySinceLastReceiverReport);
      }
    }
  }

  /// One answer.
  ///
  /// @param ssrc the receiver answered
  /// @param lastReceiverReport middle 32 bits of its reference time, or 0
  /// @param delaySinceLastReceiverReport in units of 2⁻¹⁶ seconds
  public record Delay(int ssrc, int lastReceiverReport, int delaySinceLastReceiverReport) {}

  /// A block of a type not read here.
  ///
  /// @param content a multiple of four bytes
  public record OtherBlock(int type, int typeSpecific, byte[] content) implements Block {
    public OtherBlock {
      if (content.length % 4 != 0) {
        throw new IllegalArgumentException(
            "content of " + content.length + " bytes, a multiple of 4 expected");
      }
    }

    @Override
    public int length() {
      return BLOCK_HEADER + content.length;
    }

    @Override
    public void write(PacketWriter out) {
      out.u8(type).u8(typeSpecific).u16(content.length / 4).bytes(content);
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof OtherBlock that
          && type == that.type
          && typeSpecific == that.typeSpecific
          && Arrays.equals(content, that.content);
    }

    @Override
    public int hashCode() {
      return 31 * type + Arrays.hashCode(content);
    }
  }

  static ExtendedReport parse(RtcpHeader header) throws MalformedRtpException {
    header.require(4);
    List<Block> blocks = new ArrayList<>(1);
    int at = 4;
    while (at < header.contentLength()) {
      header.require(at + BLOCK_HEADER);
      int length = 4 * header.u16(at + 2);
      header.require(at + BLOCK_HEADER + length);
      blocks.add(block(header, at, length));
      at += BLOCK_HEADER + length;
    }
    return new ExtendedReport(header.i32(0), blocks);
  }

  private static Block block(RtcpHeader header, int at, int length) {
    int type = header.u8(at);
    int content = at + BLOCK_HEADER;
    if (type == RECEIVER_REFERENCE_TIME && length == 8) {
      return new ReceiverReferenceTime(header.i64(content));
    }
    if (type == DELAY_SINCE_LAST_RECEIVER_REPORT && length % 12 == 0) {
      List<Delay> delays = new ArrayList<>(length / 12);
      for (int i = content; i < content + length; i += 12) {
        delays.add(new Delay(header.i32(i), header.i32(i + 4), header.i32(i + 8)));
      }
      return new ReceiverDelays(delays);
    }
    return new OtherBlock(type, header.u8(at + 1), header.bytes(content, length));
  }

  @Override
  public int length() {
    int length = RtcpHeader.LENGTH + 4;
    for (Block block : blocks) {
      length += block.length();
    }
    return length;
  }

  @Override
  public void write(PacketWriter out) {
    RtcpHeader.write(out, 0, RtcpHeader.EXTENDED_REPORT, length());
    out.u32(ssrc);
    blocks.forEach(block -> block.write(out));
  }
}
