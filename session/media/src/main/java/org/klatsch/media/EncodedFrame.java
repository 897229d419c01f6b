package org.klatsch.media;

import org.jspecify.annotations.Nullable;

/// What an encoder makes of one frame and a decoder takes: no RTP header, no payload descriptor.
/// The bytes belong to whoever holds the frame and are not changed.
public sealed interface EncodedFrame permits EncodedAudioFrame, EncodedVideoFrame {
  RtpCodec codec();

  byte[] payload();

  /// In units of the codec's clock. A sender adds the stream's random offset, RFC 3550 §5.1, so
  /// that a source may count from 0; a received frame has the value of the wire.
  int rtpTimestamp();

  /// The driver's time in nanoseconds when the frame was captured; of a received frame, when its
  /// last packet came in.
  long captureTime();

  /// Where a received frame came from; null in a frame to send.
  @Nullable FrameOrigin origin();
}
