package org.klatsch.media;

import org.jspecify.annotations.Nullable;

/// What an [RtpTransport] reports to the layer above, in order.
public sealed interface MediaEvent {
  /// A stream began: its first packet came, or the first after [StreamEnded].
  ///
  /// @param rid of the encoding, null without simulcast
  record StreamStarted(RtpReceiver receiver, int ssrc, @Nullable String rid)
      implements MediaEvent {}

  /// A stream ended: the sender said BYE, or nothing came for long.
  record StreamEnded(RtpReceiver receiver, int ssrc) implements MediaEvent {}

  /// A frame: all of video, and audio of a receiver with [AudioDelivery#ARRIVAL].
  ///
  /// @param playoutTime when to play it so that playout is even, in the driver's nanoseconds; may
  ///   be over already
  record FrameReceived(RtpReceiver receiver, EncodedFrame frame, long playoutTime)
      implements MediaEvent {}

  /// The peer needs a key frame.
  ///
  /// @param encoding index in the sender's parameters
  record KeyFrameRequested(RtpSender sender, int encoding) implements MediaEvent {}

  /// How much may be sent changed; [RtpSender#targetBitrate] has the share of each encoding.
  ///
  /// @param bitsPerSecond of all media together, RTP headers included
  record TargetBitrateChanged(long bitsPerSecond) implements MediaEvent {}

  /// A telephone event, RFC 4733, began or ended.
  ///
  /// @param event 0 to 9 are digits, 10 `*`, 11 `#`, 12 to 15 `A` to `D`
  /// @param durationMillis so far
  record TelephoneEventReceived(RtpReceiver receiver, int event, int durationMillis, boolean ended)
      implements MediaEvent {
    /// The key that was pressed; a space for an event that is no key.
    public char tone() {
      return event >= 0 && event < TelephoneEventSender.TONES.length()
          ? TelephoneEventSender.TONES.charAt(event)
          : ' ';
    }
  }

  /// The peer reported how one of our streams arrives, RFC 3550 §6.4.1.
  ///
  /// @param encoding index in the sender's parameters
  record ReportReceived(RtpSender sender, int encoding, RemoteReport report)
      implements MediaEvent {}

  /// The next tone of [RtpSender#insertDtmf] begins.
  ///
  /// @param tone the character; empty when all are played
  record DtmfToneChanged(RtpSender sender, String tone) implements MediaEvent {}
}
