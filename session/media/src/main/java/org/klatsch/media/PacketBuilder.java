package org.klatsch.media;

import org.klatsch.rtp.AbsSendTime;
import org.klatsch.rtp.AudioLevel;
import org.klatsch.rtp.ExtensionIds;
import org.klatsch.rtp.ExtensionType;
import org.klatsch.rtp.RtpPacketWriter;

/// Writes the headers of outgoing RTP packets, with the extensions that all of them have.
final class PacketBuilder {
  /// Room that header and extensions may take; what is left of a packet is payload.
  static final int HEADER_ROOM = 72;

  private final RtpPacketWriter writer = new RtpPacketWriter();

  /// The transport-wide number of the next packet.
  private int transportSequence;

  /// Number of the packet begun last, −1 when it has none.
  private int lastTransportSequence = -1;

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
    writer.start(array, offset, capacity, marker, payloadType, sequence, timestamp, stream.ssrc());
    ExtensionIds ids = stream.sender.extensions();
    writer.extensionU24(ids.id(ExtensionType.ABS_SEND_TIME), AbsSendTime.ofNanos(now));
    if (ids.has(ExtensionType.TRANSPORT_SEQUENCE)) {
      writer.extensionU16(ids.id(ExtensionType.TRANSPORT_SEQUENCE), transportSequence);
      lastTransportSequence = transportSequence;
      transportSequence = transportSequence + 1 & 0xffff;
    } else {
      lastTransportSequence = -1;
    }
    if (stream.announces()) {
      byte[] mid = stream.sender.mid();
      if (mid.length > 0) {
        writer.extension(ids.id(ExtensionType.MID), mid, 0, mid.length);
      }
      byte[] rid = stream.rid();
      if (rid != null) {
        writer.extension(ids.id(ExtensionType.RID), rid, 0, rid.length);
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

  int lastTransportSequence() {
    return lastTransportSequence;
  }
}
