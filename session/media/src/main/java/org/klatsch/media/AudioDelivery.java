package org.klatsch.media;

/// How a receiver hands out audio.
public enum AudioDelivery {
  /// Frames wait in the jitter buffer for [RtpReceiver#pull].
  PULLED,
  /// Every frame is an event when it comes, in the order of arrival: for forwarding and recording.
  ARRIVAL,
  /// Both: played, and handed out encoded as well.
  BOTH,
  /// Every frame is an event when it comes, whatever its payload looks like; those that are given
  /// back with [RtpReceiver#insert] wait in the jitter buffer: for payloads that are changed before
  /// they are decoded.
  RETURNED
}
