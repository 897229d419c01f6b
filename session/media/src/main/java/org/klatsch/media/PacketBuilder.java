package org.klatsch.media;

import org.klatsch.rtp.AbsSendTime;
import org.klatsch.rtp.AudioLevel;
import org.klatsch.rtp.ExtensionIds;
import org.klatsch.rtp.ExtensionType;
import org.klatsch.rtp.RtpPacket;
import org.klatsch.rtp.RtpPacketWriter;
import org.klatsch.rtp.VideoOrientation;

/// Writes the headers of outgoing RTP packets, with the extensions that all of them have.
final class PacketBuilder {
  /// Room that header and extensions may take; what is left of a packet is payload.
  static final int HEADER_ROOM = 72;

  private final RtpPacketWriter writer = new RtpPacketWriter();

  private final WallClock wallClock;
  private final SentSequences sequences = new SentSequences();

  /// The transport-wide number of the next packet.
  private int transportSequence;

  /// Number of the packet begun last, −1 when it has none.
  private int lastTransportSequence = -1;

  PacketBuilder(WallClock wallClock) {
    this.wallClock = wallClock;
  }

  RtpPacketWriter begin(
      long now,
      SendStream stream,
      byte[] array,
      int offset,
      int capacity,
      boolean marker,
      int payloadType,
      int sequence,
      int timestamp) {
    return begin(
        now,
        stream,
        stream.ssrc(),
        ExtensionType.RID,
        array,
        offset,
        capacity,
        marker,
        payloadType,
        sequence,
        timestamp);
  }

  /// Begins a packet of the stream's retransmissions, RFC 4588 §4.
  RtpPacketWriter beginRepair(
      long now,
      SendStream stream,
      byte[] array,
      int offset,
      int capacity,
      boolean marker,
      int payloadType,
      int sequence,
      int timestamp) {
    return begin(
        now,
        stream,
        stream.encoding().rtxSsrc(),
        ExtensionType.REPAIRED_RID,
        array,
        offset,
        capacity,
        marker,
        payloadType,
        sequence,
        timestamp);
  }

  /// Begins a packet of the stream's repair stream, RFC 8627 §4.2.
  ///
  /// @param namesSource whether the stream protected stands among the contributing sources
  RtpPacketWriter beginProtection(
      long now,
      SendStream stream,
      byte[] array,
      int offset,
      int capacity,
      int payloadType,
      int sequence,
      int timestamp,
      boolean namesSource) {
    int ssrc = stream.encoding().fecSsrc();
    writer.start(array, offset, capacity, false, payloadType, sequence, timestamp, ssrc);
    if (namesSource) {
      writer.csrc(stream.ssrc());
    }
    transportElements(now, stream, ssrc, sequence);
    // Reports on it are not waited for: the streams are few and the element is short.
    byte[] mid = stream.sender.mid();
    if (mid.length > 0) {
      writer.extension(stream.sender.extensions().id(ExtensionType.MID), mid, 0, mid.length);
    }
    return writer;
  }

  private void transportElements(long now, SendStream stream, int ssrc, int sequence) {
    ExtensionIds ids = stream.sender.extensions();
    writer.extensionU24(ids.id(ExtensionType.ABS_SEND_TIME), AbsSendTime.ofNanos(now));
    boolean written = ids.has(ExtensionType.TRANSPORT_SEQUENCE);
    boolean reported = stream.sender.hasCongestionFeedback();
    if (written || reported) {
      if (written) {
        writer.extensionU16(ids.id(ExtensionType.TRANSPORT_SEQUENCE), transportSequence);
      }
      if (reported) {
        sequences.add(ssrc, sequence, transportSequence);
      }
      lastTransportSequence = transportSequence;
      transportSequence = transportSequence + 1 & 0xffff;
    } else {
      lastTransportSequence = -1;
    }
  }

  private RtpPacketWriter begin(
      long now,
      SendStream stream,
      int ssrc,
      ExtensionType ridType,
      byte[] array,
      int offset,
      int capacity,
      boolean marker,
      int payloadType,
      int sequence,
      int timestamp) {
    writer.start(array, offset, capacity, marker, payloadType, sequence, timestamp, ssrc);
    transportElements(now, stream, ssrc, sequence);
    ExtensionIds ids = stream.sender.extensions();
    if (stream.announces(ridType == ExtensionType.REPAIRED_RID)) {
      byte[] mid = stream.sender.mid();
      if (mid.length > 0) {
        writer.extension(ids.id(ExtensionType.MID), mid, 0, mid.length);
      }
      byte[] rid = stream.rid();
      if (rid != null) {
        writer.extension(ids.id(ridType), rid, 0, rid.length);
      }
    }
    return writer;
  }

  /// The level of a frame of audio, RFC 6464.
  void audioLevel(SendStream stream, EncodedAudioFrame frame) {
    if (frame.audioLevel() >= 0) {
      writer.extensionU8(
          stream.sender.extensions().id(ExtensionType.AUDIO_LEVEL),
          AudioLevel.of(frame.voice(), Math.min(frame.audioLevel(), AudioLevel.SILENCE)));
    }
  }

  /// How far a frame of video is to be turned, 3GPP TS 26.114 §7.4.5.
  void orientation(SendStream stream, int degrees) {
    writer.extensionU8(
        stream.sender.extensions().id(ExtensionType.VIDEO_ORIENTATION),
        VideoOrientation.of(false, false, degrees));
  }

  /// When a frame was captured, in its first packet about once a second: receivers reckon on.
  void captureTime(long now, SendStream stream, EncodedFrame frame) {
    ExtensionIds ids = stream.sender.extensions();
    if (ids.has(ExtensionType.ABS_CAPTURE_TIME) && stream.takesCaptureTime(now)) {
      writer.extensionU64(
          ids.id(ExtensionType.ABS_CAPTURE_TIME), wallClock.ntp(frame.captureTime()));
    }
  }

  /// Copies the elements of a packet sent before that are about its frame rather than its way.
  void copyFrameElements(SendStream stream, RtpPacket original) {
    ExtensionIds ids = stream.sender.extensions();
    for (int i = 0; i < original.elementCount(); i++) {
      ExtensionType type = ids.type(original.elementId(i));
      if (type == ExtensionType.VIDEO_ORIENTATION
          || type == ExtensionType.DEPENDENCY_DESCRIPTOR
          || type == ExtensionType.PLAYOUT_DELAY) {
        writer.extension(
            original.elementId(i),
            original.array(),
            original.elementOffset(i),
            original.elementLength(i));
      }
    }
  }

  /// Copies the elements of a packet of another stream that are about its medium rather than its
  /// way, under the ids of this stream's section.
  ///
  /// @param from the ids that the packet came with
  void copyForwardedElements(SendStream stream, RtpPacket original, ExtensionIds from) {
    ExtensionIds ids = stream.sender.extensions();
    for (int i = 0; i < original.elementCount(); i++) {
      ExtensionType type = from.type(original.elementId(i));
      if (type == null) {
        continue;
      }
      switch (type) {
        case AUDIO_LEVEL,
            CSRC_AUDIO_LEVEL,
            ABS_CAPTURE_TIME,
            VIDEO_ORIENTATION,
            PLAYOUT_DELAY,
            VIDEO_CONTENT_TYPE,
            COLOR_SPACE,
            DEPENDENCY_DESCRIPTOR ->
            writer.extension(
                ids.id(type),
                original.array(),
                original.elementOffset(i),
                original.elementLength(i));
        default -> {}
      }
    }
  }

  /// The packets that feedback by stream tells of.
  SentSequences sequences() {
    return sequences;
  }

  /// The number given last, whether or not the packet told it.
  int newestTransportSequence() {
    return transportSequence - 1 & 0xffff;
  }

  int lastTransportSequence() {
    return lastTransportSequence;
  }
}
