package org.klatsch.media;

/// What an [RtpSender] that forwards packets of others tells whoever hands them in. Called on the
/// transport's thread.
public interface ForwardingFeedback {
  /// The receiver needs a key frame, or a packet it misses can no longer be repeated. Not told more
  /// often than [RtpTransportOptions#keyFrameInterval].
  void keyFrameWanted(long now);

  /// All packets that waited were dropped, as they waited too long: only a key frame is of use now.
  ///
  /// @param nextSequence the sequence number behind the last one that left
  void dropped(long now, int nextSequence);
}
