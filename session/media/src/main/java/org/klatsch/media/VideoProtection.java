package org.klatsch.media;

import org.jspecify.annotations.Nullable;
import org.klatsch.media.fec.FecOptions;
import org.klatsch.media.fec.FecProtection;
import org.klatsch.media.fec.FecSender;
import org.klatsch.rtp.MalformedRtpException;
import org.klatsch.rtp.RtpPacket;
import org.klatsch.rtp.RtpPacketWriter;
import org.klatsch.rtp.fec.FecScheme;

/// The forward error correction of one sent stream of video: as much as its losses ask for and
/// retransmission cannot do in time. FlexFEC (RFC 8627) goes out as a stream of its own where it
/// was agreed on, else ULPFEC (RFC 5109) among the packets of the medium, all of them in RED then.
final class VideoProtection {
  /// What a repair packet is longer than the packets it protects, at most: its own header with
  /// extensions, and that of the repair format.
  static final int ROOM = 96;

  private final SendStream stream;
  private final FecProtection amount = new FecProtection();
  private final RtpPacket view = new RtpPacket();

  /// The revision of the parameters that this is set up for.
  private int configured = -1;

  private @Nullable RtpCodec configuredCodec;
  private @Nullable FecSender sender;
  private boolean separate;
  private boolean repeatsSource;
  private int redType = -1;
  private int repairType = -1;
  private boolean active;
  private int timestamp;

  VideoProtection(SendStream stream) {
    this.stream = stream;
  }

  /// Takes the share of packets lost since the last report, 0 to 1.
  void handleLoss(double fraction) {
    amount.handleLoss(fraction);
  }

  /// Repair packets per packet of the medium at present, where any can be sent.
  double overhead(long roundTrip) {
    return sender == null ? 0 : amount.rate(roundTrip);
  }

  /// Decides on the protection of a frame that begins.
  ///
  /// @param suspended whether repair packets would do harm, as while a queue on the path runs over
  void begin(RtpCodec codec, long roundTrip, boolean suspended) {
    if (stream.sender.revision() != configured || !codec.equals(configuredCodec)) {
      configure(codec);
    }
    FecSender repairing = sender;
    if (repairing == null) {
      active = false;
      return;
    }
    double rate = suspended ? 0 : amount.rate(roundTrip);
    double keyRate = suspended ? 0 : amount.keyFrameRate(roundTrip);
    repairing.rates(rate, keyRate);
    active = rate > 0 || keyRate > 0;
  }

  private void configure(RtpCodec codec) {
    configured = stream.sender.revision();
    configuredCodec = codec;
    sender = null;
    redType = -1;
    repairType = -1;
    FecScheme scheme = null;
    if (stream.encoding().fecSsrc() != 0) {
      repairType = payloadType("flexfec-03");
      scheme = FecScheme.FLEXFEC_03;
      repeatsSource = false;
      if (repairType < 0) {
        repairType = payloadType("flexfec");
        scheme = FecScheme.FLEXFEC;
        // RFC 8627 §4.2.1: the sources protected stand among the contributing ones.
        repeatsSource = true;
      }
      separate = repairType >= 0;
    }
    if (repairType < 0) {
      separate = false;
      scheme = FecScheme.ULPFEC;
      redType = payloadType("red");
      repairType = redType >= 0 && toleratesGaps(codec) ? payloadType("ulpfec") : -1;
    }
    if (scheme != null && repairType >= 0) {
      sender = new FecSender(scheme, stream.ssrc(), stream.sender.extensions(), FecOptions.DEFAULT);
    }
  }

  private int payloadType(String name) {
    for (RtpCodec codec : stream.sender.parameters().codecs()) {
      if (codec.is(name)) {
        return codec.payloadType();
      }
    }
    return -1;
  }

  /// Whether a receiver can tell by picture numbers that only a repair packet is missing between
  /// two frames. With other codecs every lost one would look like a hole in the video.
  private static boolean toleratesGaps(RtpCodec codec) {
    return codec.is("vp8") || codec.is("vp9");
  }

  /// Whether packets of the present frame leave room for what repairs them.
  boolean isActive() {
    return active;
  }

  /// The payload type of RED that packets of the present frame go out in, −1 for none.
  int redType() {
    return active && !separate ? redType : -1;
  }

  /// Takes a packet of the medium as it goes out, without RED.
  void add(byte[] array, int offset, int length, boolean ofKeyFrame) {
    FecSender repairing = sender;
    if (repairing == null) {
      return;
    }
    try {
      view.parse(array, offset, length);
    } catch (MalformedRtpException e) {
      throw new IllegalStateException("a packet of our own is malformed", e);
    }
    timestamp = view.timestamp();
    repairing.add(view, ofKeyFrame);
  }

  /// Whether repair packets wait: they are to go out before further packets of the medium.
  boolean hasRepairs() {
    FecSender repairing = sender;
    return repairing != null && repairing.pending() > 0;
  }

  /// Whether repair packets have a stream of their own.
  boolean isSeparate() {
    return separate;
  }

  /// Writes the next repair packet.
  ///
  /// @return its length; 0 when it does not fit
  int write(
      long now, PacketBuilder builder, int maxPacketSize, byte[] array, int offset, int capacity) {
    FecSender repairing = sender;
    if (repairing == null) {
      return 0;
    }
    RtpPacketWriter writer;
    if (separate) {
      writer =
          builder.beginProtection(
              now,
              stream,
              array,
              offset,
              capacity,
              repairType,
              stream.nextFecSequence(),
              timestamp,
              repeatsSource);
    } else {
      writer =
          builder.begin(
              now,
              stream,
              array,
              offset,
              capacity,
              false,
              redType,
              stream.peekSequence(),
              timestamp);
    }
    int at = writer.payloadOffset();
    int header = at - offset;
    int block = separate ? 0 : 1;
    int room = Math.min(capacity, maxPacketSize) - header - block;
    if (!separate) {
      // The header of the last block in RED, RFC 2198 §3.
      array[at] = (byte) repairType;
    }
    int length = repairing.pollRepair(array, at + block, room);
    if (length == 0) {
      return 0;
    }
    if (!separate) {
      stream.nextSequence();
    }
    stream.fecPackets++;
    stream.fecBytes += length;
    return writer.advance(length + block).finish();
  }
}
