package org.klatsch.gateway.media;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.klatsch.media.AudioDelivery;
import org.klatsch.media.EModel;
import org.klatsch.media.EncodedAudioFrame;
import org.klatsch.media.MediaEvent;
import org.klatsch.media.ReceiveStatistics;
import org.klatsch.media.RtpCodec;
import org.klatsch.media.RtpReceiver;
import org.klatsch.media.RtpSender;
import org.klatsch.media.SendStatistics;
import org.klatsch.net.EventLoop;

/// One end of a call's audio. Confined to its event loop, except where noted.
public abstract sealed class AudioLeg permits BrowserLeg, PhoneLeg {
  /// What comes from the far end. Called on the loop.
  public interface Listener {
    /// A frame in one of the codecs agreed on, in the order of arrival.
    void frame(long now, EncodedAudioFrame frame);

    /// A key was pressed and released, as telephone events tell.
    void tone(char tone, int durationMillis);

    /// Media can flow.
    void connected();

    /// The path to the far end is lost for good.
    void failed(String reason);
  }

  private static final Duration TONE_GAP = Duration.ofMillis(60);

  private final EventLoop loop;
  private @Nullable Listener listener;
  private @Nullable RtpReceiver receiver;
  private @Nullable RtpSender sender;

  AudioLeg(EventLoop loop) {
    this.loop = loop;
  }

  /// Where this leg lives.
  public final EventLoop loop() {
    return loop;
  }

  /// Sets who hears of frames; null for nobody.
  public final void listener(@Nullable Listener value) {
    listener = value;
  }

  final @Nullable Listener listener() {
    return listener;
  }

  /// Takes what was agreed on; both null before the first agreement.
  final void agreed(@Nullable RtpSender newSender, @Nullable RtpReceiver newReceiver) {
    sender = newSender;
    if (newReceiver != receiver) {
      receiver = newReceiver;
      if (newReceiver != null) {
        newReceiver.delivery(AudioDelivery.ARRIVAL);
      }
    }
  }

  final void handle(MediaEvent event) {
    Listener to = listener;
    if (to == null) {
      return;
    }
    switch (event) {
      case MediaEvent.FrameReceived e when e.frame() instanceof EncodedAudioFrame frame ->
          to.frame(loop.now(), frame);
      case MediaEvent.TelephoneEventReceived e when e.ended() && e.tone() != ' ' ->
          to.tone(e.tone(), e.durationMillis());
      default -> {}
    }
  }

  /// The codecs that may be sent to the far end, best first; empty before anything is agreed on.
  public final List<RtpCodec> codecs() {
    RtpSender current = sender;
    return current == null
        ? List.of()
        : current.parameters().codecs().stream().filter(RtpCodec::isMedia).toList();
  }

  /// The codec to send a frame with that came in `codec`: the same one under the payload type of
  /// this leg; null when the far end does not take it.
  final @Nullable RtpCodec same(RtpCodec codec) {
    RtpSender current = sender;
    if (current == null) {
      return null;
    }
    List<RtpCodec> list = current.parameters().codecs();
    for (int i = 0; i < list.size(); i++) {
      RtpCodec each = list.get(i);
      if (Codecs.isSame(each, codec)) {
        return each;
      }
    }
    return null;
  }

  /// Sends a frame whose codec is one of [#codecs]; nothing is sent before media can flow.
  public final void send(EncodedAudioFrame frame) {
    RtpSender current = sender;
    if (current != null) {
      current.send(loop.now(), frame);
      requestTurn();
    }
  }

  /// Whether the far end takes telephone events, RFC 4733.
  public final boolean takesTelephoneEvents() {
    RtpSender current = sender;
    return current != null && current.canInsertDtmf();
  }

  /// Sends keys as telephone events in place of audio.
  public final void sendTones(String tones, Duration duration) {
    RtpSender current = sender;
    if (current != null && current.canInsertDtmf()) {
      current.insertDtmf(loop.now(), current.dtmfBuffer() + tones, duration, TONE_GAP);
      requestTurn();
    }
  }

  /// How well audio arrives on both ways.
  public final LegQuality quality() {
    RtpReceiver from = receiver;
    RtpSender to = sender;
    List<ReceiveStatistics> received = from == null ? List.of() : from.statistics();
    List<SendStatistics> sent = to == null ? List.of() : to.statistics();
    long packets = 0;
    long lost = 0;
    double jitter = 0;
    for (ReceiveStatistics each : received) {
      packets += each.packets();
      lost += Math.max(0, each.packetsLost());
      jitter = Math.max(jitter, each.jitterSeconds());
    }
    long sentPackets = 0;
    double roundTrip = -1;
    for (SendStatistics each : sent) {
      sentPackets += each.packets();
      if (each.remote() != null && each.remote().roundTripTimeNanos() >= 0) {
        roundTrip = each.remote().roundTripTimeNanos() / 1e9;
      }
    }
    double loss = packets + lost == 0 ? 0 : 100.0 * lost / (packets + lost);
    double delayMillis = Math.max(0, roundTrip) * 500 + jitter * 2_000 + FRAME_MILLIS;
    double mos = packets == 0 ? 0 : EModel.mos(EModel.rating(delayMillis, loss));
    return new LegQuality(packets, lost, jitter * 1_000, sentPackets, roundTrip * 1_000, mos);
  }

  /// Collecting one packet takes that long.
  private static final double FRAME_MILLIS = 20;

  /// Has packets sent in this turn.
  abstract void requestTurn();

  /// Ends media; ports are closed. Any thread.
  public abstract void close();
}
