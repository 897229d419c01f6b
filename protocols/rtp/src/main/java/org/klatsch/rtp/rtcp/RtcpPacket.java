package org.klatsch.rtp.rtcp;

import org.klatsch.sansio.PacketWriter;

/// One packet of a compound RTCP packet, RFC 3550 §6.1.
public sealed interface RtcpPacket
    permits SenderReport,
        ReceiverReport,
        SourceDescription,
        Goodbye,
        ApplicationDefined,
        GenericNack,
        PictureLossIndication,
        FullIntraRequest,
        ReceiverEstimatedMaximumBitrate,
        TransportFeedback,
        CongestionFeedback,
        SliceLossIndication,
        ReferencePictureSelection,
        TemporaryMaximumBitrateRequest,
        TemporaryMaximumBitrateNotification,
        ExtendedReport,
        UnknownRtcp {
  /// Length on the wire in bytes, a multiple of four.
  int length();

  /// Writes [#length()] bytes.
  void write(PacketWriter out);
}
