package org.klatsch.rtp.rtcp;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.klatsch.rtp.MalformedRtpException;
import org.klatsch.sansio.PacketWriter;

/// Congestion control feedback, RFC 8888 §3.1: arrival and ECN mark of each packet of each stream.
///
/// ```
/// |V=2|P| FMT=11  |   PT = 205    |          length               |
/// |                 SSRC of RTCP packet sender                    |
/// |                   SSRC of nth RTP Stream                      |
/// |          begin_seq            |          num_reports          |
/// |R|ECN|  Arrival time offset    | ...                           .
/// |                 Report Timestamp (32 bits)                    |
/// ```
///
/// @param reportTimestamp when the feedback was made: middle 32 bits of an NTP time
public record CongestionFeedback(int senderSsrc, List<Stream> streams, int reportTimestamp)
    implements RtcpPacket {
  static final int FORMAT = 11;

  /// Most packets reported of a stream, RFC 8888 §3.1.
  public static final int MAX_REPORTS = 16_384;

  /// Offset of a packet that arrived more than 8189/1024 seconds before the report.
  public static final int OFFSET_TOO_LARGE = 0x1ffe;

  /// Offset of a packet that arrived after the report timestamp or at an unknown time.
  public static final int OFFSET_UNKNOWN = 0x1fff;

  private static final int RECEIVED = 0x8000;

  public CongestionFeedback {
    streams = List.copyOf(streams);
  }

  /// Reports of one stream.
  ///
  /// @param beginSequence sequence number of the first packet
  /// @param reports 16 bits each as on the wire, made by [#received] or 0 for a lost packet
  public record Stream(int ssrc, int beginSequence, int[] reports) {
    public Stream {
      if (reports.length > MAX_REPORTS) {
        throw new IllegalArgumentException(
            reports.length + " reports, at most " + MAX_REPORTS + " expected");
      }
    }

    /// Whether the packet at `index` arrived.
    public boolean arrived(int index) {
      return (reports[index] & RECEIVED) != 0;
    }

    /// ECN bits of the packet at `index`, RFC 3168 §5: 3 is congestion experienced.
    public int ecn(int index) {
      return reports[index] >>> 13 & 3;
    }

    /// How long before the report timestamp the packet at `index` arrived, in units of 1/1024 s, or
    /// one of the two special values.
    public int arrivalOffset(int index) {
      return reports[index] & 0x1fff;
    }

    /// Sequence number of the packet at `index`.
    public int sequence(int index) {
      return beginSequence + index & 0xffff;
    }

    int length() {
      return 8 + (reports.length + 1) / 2 * 4;
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Stream that
          && ssrc == that.ssrc
          && beginSequence == that.beginSequence
          && Arrays.equals(reports, that.reports);
    }

    @Override
    public int hashCode() {
      return 31 * ssrc + Arrays.hashCode(reports);
    }
  }

  /// The report of a packet that arrived `nanos` before the report timestamp.
  public static int received(int ecn, long nanos) {
    long offset = nanos < 0 ? OFFSET_UNKNOWN : Math.min(nanos * 1024 / 1_000_000_000L, 0x1ffe);
    return RECEIVED | (ecn & 3) << 13 | (int) offset;
  }

  static CongestionFeedback parse(RtcpHeader header) throws MalformedRtpException {
    header.require(8);
    List<Stream> streams = new ArrayList<>(2);
    int end = header.contentLength() - 4;
    int at = 4;
    while (at < end) {
      header.require(at + 8 + 4);
      int count = header.u16(at + 6);
      if (count > MAX_REPORTS) {
        throw header.malformed(count + " reports, at most " + MAX_REPORTS + " expected");
      }
      header.require(at + 8 + (count + 1) / 2 * 4 + 4);
      int[] reports = new int[count];
      for (int i = 0; i < count; i++) {
        reports[i] = header.u16(at + 8 + 2 * i);
      }
      Stream stream = new Stream(header.i32(at), header.u16(at + 4), reports);
      streams.add(stream);
      at += stream.length();
    }
    if (at != end) {
      throw header.malformed("the streams end at " + at + " instead of " + end);
    }
    return new CongestionFeedback(header.i32(0), streams, header.i32(end));
  }

  @Override
  public int length() {
    int length = RtcpHeader.LENGTH + 8;
    for (Stream stream : streams) {
      length += stream.length();
    }
    return length;
  }

  @Override
  public void write(PacketWriter out) {
    RtcpHeader.write(out, FORMAT, RtcpHeader.RTPFB, length());
    out.u32(senderSsrc);
    for (Stream stream : streams) {
      out.u32(stream.ssrc).u16(stream.beginSequence).u16(stream.reports.length);
      for (int report : stream.reports) {
        out.u16(report);
      }
      out.zeros(stream.reports.length % 2 * 2);
    }
    out.u32(reportTimestamp);
  }
}
