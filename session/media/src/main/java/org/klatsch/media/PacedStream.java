package org.klatsch.media;

import org.klatsch.rtp.MalformedRtpException;

/// What leaves in one stream at the pace that the path bears, and its repetitions.
sealed interface PacedStream permits VideoSendStream, ForwardedStream {
  SendStream stream();

  boolean hasPackets();

  boolean hasRepetitions();

  /// Bytes that wait, about.
  long waitingBytes();

  /// When what is at the head of the queue came; only while there is something.
  long headSince();

  /// Whether a key frame is to be asked for now; not more often than `interval`.
  boolean takeKeyFrameRequest(long now, long interval);

  /// The receiver misses a packet.
  void repeat(long now, int sequence, long roundTrip);

  /// Bytes of repetitions that wait.
  long repetitionBytes();

  /// Gives up what the receiver misses and what depends on it: a key frame, to be asked for, is
  /// there sooner.
  void startOver(long now);

  /// Has a packet sent lately go out once more, where the format for it is agreed on: as padding
  /// that may even be of use.
  ///
  /// @return whether there was one
  boolean repeatForPadding(long now);

  /// Writes the next repetition.
  ///
  /// @return its length; 0 when there is none
  int writeRepetition(long now, PacketBuilder builder, byte[] array, int offset, int capacity)
      throws MalformedRtpException;

  /// Writes the next packet.
  ///
  /// @param suspended whether repair packets would do harm at present
  /// @return its length; 0 when there is none
  int write(
      long now,
      PacketBuilder builder,
      int maxPacketSize,
      long roundTrip,
      boolean suspended,
      byte[] array,
      int offset,
      int capacity);

  /// Payload of the packet written last.
  int lastPayload();

  /// Whether the packet written last belongs to a stream of its own.
  boolean lastWasSeparate();

  /// Takes the share of packets lost since the last report, 0 to 1.
  void handleLoss(double fraction);

  /// Repair packets per packet of the medium at present.
  double protectionOverhead(long roundTrip);
}
