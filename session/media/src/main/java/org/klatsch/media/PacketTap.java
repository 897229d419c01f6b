package org.klatsch.media;

import org.jspecify.annotations.Nullable;
import org.klatsch.rtp.HeaderExtensions;
import org.klatsch.rtp.MalformedRtpException;
import org.klatsch.rtp.RtpPacket;

/// Takes the packets of an [RtpReceiver] as they come, decrypted, to forward them: no frames are
/// put together then. Called on the transport's thread.
public interface PacketTap {
  /// A packet of a medium, out of the RTX or RED of video that it came in; RED of audio stays as it
  /// is. Late ones come when they come.
  ///
  /// @param ssrc of the encoding
  /// @param rid of the encoding, null without simulcast
  /// @param keyFrame whether a key frame of video begins with it
  /// @param packet borrowed for the call
  /// @throws MalformedRtpException for a payload that breaks its format
  void packet(
      long now,
      int ssrc,
      @Nullable String rid,
      RtpCodec codec,
      boolean keyFrame,
      RtpPacket packet,
      HeaderExtensions extensions)
      throws MalformedRtpException;

  /// The sender told what its wall clock showed at an RTP timestamp, RFC 3550 §6.4.1.
  void report(long now, int ssrc, long ntpTime, int rtpTimestamp);

  /// Packets are missing that will not come any more.
  void gaveUp(long now, int ssrc);
}
