package org.klatsch.rtp.rtcp;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.klatsch.rtp.MalformedRtpException;
import org.klatsch.rtp.wire.Bytes;
import org.klatsch.sansio.PacketWriter;

/// Several RTCP packets in one datagram, RFC 3550 §6.1, or a reduced-size packet, RFC 5506.
public final class RtcpCompound {
  private RtcpCompound() {}

  /// Reads all packets of a datagram; nothing borrowed is kept. Types not known here become
  /// [UnknownRtcp].
  public static List<RtcpPacket> parse(byte[] array, int offset, int length)
      throws MalformedRtpException {
    Objects.checkFromIndexSize(offset, length, array.length);
    if (length < RtcpHeader.LENGTH) {
      throw malformed(
          MalformedRtpException.Reason.TRUNCATED, "RTCP packet of " + length + " bytes");
    }
    List<RtcpPacket> packets = new ArrayList<>(4);
    int end = offset + length;
    int at = offset;
    while (at < end) {
      if (end - at < RtcpHeader.LENGTH) {
        throw malformed(
            MalformedRtpException.Reason.RTCP_LENGTH, (end - at) + " bytes behind the last packet");
      }
      int first = Bytes.u8(array, at);
      if (first >>> 6 != 2) {
        throw malformed(
            MalformedRtpException.Reason.VERSION, "version " + (first >>> 6) + " instead of 2");
      }
      int packetLength = 4 * (Bytes.u16(array, at + 2) + 1);
      if (packetLength > end - at) {
        throw malformed(
            MalformedRtpException.Reason.RTCP_LENGTH,
            "length " + packetLength + " with " + (end - at) + " bytes left");
      }
      int padding = 0;
      if ((first & 0x20) != 0) {
        padding = Bytes.u8(array, at + packetLength - 1);
        // Deviates from RFC 3550 §6.4.1: padding of transport-wide feedback need not be a multiple
        // of
        // four, because browsers pad it by one to three bytes.
        boolean anyLength =
            Bytes.u8(array, at + 1) == RtcpHeader.RTPFB
                && (first & 0x1f) == TransportFeedback.FORMAT;
        if (padding == 0
            || padding > packetLength - RtcpHeader.LENGTH
            || padding % 4 != 0 && !anyLength) {
          throw malformed(
              MalformedRtpException.Reason.PADDING,
              "padding of " + padding + " in " + packetLength + " bytes");
        }
      }
      packets.add(
          parse(
              new RtcpHeader(
                  first & 0x1f,
                  Bytes.u8(array, at + 1),
                  array,
                  at + RtcpHeader.LENGTH,
                  packetLength - RtcpHeader.LENGTH - padding)));
      at += packetLength;
    }
    return packets;
  }

  private static RtcpPacket parse(RtcpHeader header) throws MalformedRtpException {
    return switch (header.type()) {
      case RtcpHeader.SENDER_REPORT -> SenderReport.parse(header);
      case RtcpHeader.RECEIVER_REPORT -> ReceiverReport.parse(header);
      case RtcpHeader.SOURCE_DESCRIPTION -> SourceDescription.parse(header);
      case RtcpHeader.GOODBYE -> Goodbye.parse(header);
      case RtcpHeader.APPLICATION_DEFINED -> ApplicationDefined.parse(header);
      case RtcpHeader.EXTENDED_REPORT -> ExtendedReport.parse(header);
      case RtcpHeader.RTPFB -> parseTransportLayer(header);
      case RtcpHeader.PSFB -> parsePayloadSpecific(header);
      default -> UnknownRtcp.parse(header);
    };
  }

  private static RtcpPacket parseTransportLayer(RtcpHeader header) throws MalformedRtpException {
    return switch (header.count()) {
      case GenericNack.FORMAT -> GenericNack.parse(header);
      case TemporaryMaximumBitrateRequest.FORMAT -> TemporaryMaximumBitrateRequest.parse(header);
      case TemporaryMaximumBitrateNotification.FORMAT ->
          TemporaryMaximumBitrateNotification.parse(header);
      case CongestionFeedback.FORMAT -> CongestionFeedback.parse(header);
      case TransportFeedback.FORMAT -> TransportFeedback.parse(header);
      default -> UnknownRtcp.parse(header);
    };
  }

  private static RtcpPacket parsePayloadSpecific(RtcpHeader header) throws MalformedRtpException {
    return switch (header.count()) {
      case PictureLossIndication.FORMAT -> PictureLossIndication.parse(header);
      case SliceLossIndication.FORMAT -> SliceLossIndication.parse(header);
      case ReferencePictureSelection.FORMAT -> ReferencePictureSelection.parse(header);
      case FullIntraRequest.FORMAT -> FullIntraRequest.parse(header);
      case ReceiverEstimatedMaximumBitrate.FORMAT ->
          ReceiverEstimatedMaximumBitrate.is(header)
              ? ReceiverEstimatedMaximumBitrate.parse(header)
              : UnknownRtcp.parse(header);
      default -> UnknownRtcp.parse(header);
    };
  }

  /// Whether the packets make a full compound packet, which begins with a report, RFC 3550 §6.1.
  public static boolean isFull(List<RtcpPacket> packets) {
    return !packets.isEmpty()
        && (packets.getFirst() instanceof SenderReport
            || packets.getFirst() instanceof ReceiverReport);
  }

  /// Length of all packets in bytes.
  public static int length(List<? extends RtcpPacket> packets) {
    int length = 0;
    for (RtcpPacket packet : packets) {
      length += packet.length();
    }
    return length;
  }

  /// Writes all packets one behind the other.
  public static void write(List<? extends RtcpPacket> packets, PacketWriter out) {
    for (RtcpPacket packet : packets) {
      packet.write(out);
    }
  }

  private static MalformedRtpException malformed(
      MalformedRtpException.Reason reason, String message) {
    return new MalformedRtpException(reason, message);
  }
}
