package org.klatsch.webrtc;

import org.jspecify.annotations.Nullable;
import org.klatsch.media.EncodedFrame;

/// Changes encoded frames between the encoder and the network, or between the network and the
/// decoder, W3C WebRTC Encoded Transform: for example to encrypt them end to end, beyond what the
/// path is protected by. A browser runs a script in a worker; here it is a function.
///
/// What comes out must still look like a frame of its codec to those who cut it into packets: of
/// VP8 the first ten bytes have to stay, of H.264 the start codes and the first byte of each unit.
@FunctionalInterface
public interface RTCRtpTransform {
  /// Runs on a pool thread, one frame after the other; frames wait for it, and when it is too slow
  /// the oldest are left out.
  ///
  /// @return the frame to go on with; null leaves it out
  @Nullable EncodedFrame transform(EncodedFrame frame);
}
