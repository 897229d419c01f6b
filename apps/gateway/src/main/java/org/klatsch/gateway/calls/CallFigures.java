package org.klatsch.gateway.calls;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.klatsch.gateway.media.AudioLeg;
import org.klatsch.gateway.media.LegQuality;
import org.klatsch.media.RtpCodec;

/// Collects what the record of a call tells. Belongs to the call's mailbox.
final class CallFigures {
  private final String id;
  private final String from;
  private final String to;
  private final Instant began = Instant.now();
  private @Nullable Instant answered;
  private @Nullable LegQuality callerQuality;
  private @Nullable LegQuality calledQuality;
  private @Nullable String callerCodec;
  private @Nullable String calledCodec;

  CallFigures(String id, String from, String to) {
    this.id = id;
    this.from = from;
    this.to = to;
  }

  void answered() {
    answered = Instant.now();
  }

  /// Takes the figures of media while they last.
  void take(SipLeg caller, @Nullable SipLeg called, LegMedia media) {
    callerQuality = quality(caller);
    callerCodec = codec(caller, media);
    if (called != null) {
      calledQuality = quality(called);
      calledCodec = codec(called, media);
    }
  }

  private static @Nullable LegQuality quality(SipLeg leg) {
    AudioLeg audio = leg.media;
    return audio == null ? null : audio.loop().call(audio::quality);
  }

  private static @Nullable String codec(SipLeg leg, LegMedia media) {
    List<RtpCodec> codecs = media.agreed(leg);
    return codecs.isEmpty() ? null : codecs.getFirst().name();
  }

  /// The record of the call that has ended now.
  CallRecord record(int status, String by, @Nullable String trunk, Conversation conversation) {
    return new CallRecord(
        id,
        from,
        to,
        began,
        answered,
        Instant.now(),
        status,
        by,
        trunk,
        callerCodec,
        calledCodec,
        conversation.wasTranscoded(),
        callerQuality,
        calledQuality,
        conversation.recordingName());
  }
}
