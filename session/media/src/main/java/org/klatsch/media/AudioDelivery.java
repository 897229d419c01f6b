package org.klatsch.media;

/// How a receiver hands out audio.
public enum AudioDelivery {
  /// Frames wait in the jitter buffer for [RtpReceiver#pull].
  PULLED,
  /// Every frame is an event when it comes, in the order of arrival: for forwarding and recording.
  ARRIVAL,
  /// Both: played, and handed out encoded as well.
  BOTH
}
