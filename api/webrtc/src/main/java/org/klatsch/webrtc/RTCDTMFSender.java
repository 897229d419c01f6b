package org.klatsch.webrtc;

import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.klatsch.media.RtpCodec;
import org.klatsch.media.RtpSendParameters;
import org.klatsch.media.RtpSender;

/// Sends DTMF tones as telephone events, RFC 4733, W3C WebRTC §7. Every method may be called on any
/// thread.
public final class RTCDTMFSender extends EventTarget {
  private static final String TONES = "0123456789ABCD#*,";
  private static final int DEFAULT_DURATION_MILLIS = 100;
  private static final int MIN_DURATION_MILLIS = 40;
  private static final int MAX_DURATION_MILLIS = 6000;
  private static final int DEFAULT_GAP_MILLIS = 70;
  private static final int MIN_GAP_MILLIS = 30;

  private final Connection connection;
  private final RTCRtpSender sender;
  private final AtomicReference<String> toneBuffer = new AtomicReference<>("");

  RTCDTMFSender(Connection connection, RTCRtpSender sender) {
    this.connection = connection;
    this.sender = sender;
  }

  /// Whether telephone events were negotiated and the track is sent.
  public boolean canInsertDTMF() {
    RTCRtpTransceiver transceiver = sender.transceiver();
    RtpSendParameters parameters = sender.negotiated();
    if (transceiver == null || parameters == null || transceiver.isStopping()) {
      return false;
    }
    RTCRtpTransceiverDirection direction = transceiver.currentDirection();
    return (direction == RTCRtpTransceiverDirection.SENDRECV
            || direction == RTCRtpTransceiverDirection.SENDONLY)
        && parameters.encodings().getFirst().active()
        && parameters.codecs().stream().anyMatch((RtpCodec each) -> each.is("telephone-event"));
  }

  /// Tones that wait.
  public String toneBuffer() {
    return toneBuffer.get();
  }

  /// Sends tones of 100 ms with gaps of 70 ms.
  public void insertDTMF(String tones) {
    insertDTMF(tones, DEFAULT_DURATION_MILLIS, DEFAULT_GAP_MILLIS);
  }

  public void insertDTMF(String tones, int duration) {
    insertDTMF(tones, duration, DEFAULT_GAP_MILLIS);
  }

  /// Replaces the tones that wait.
  ///
  /// @param tones of `0-9`, `A-D`, `#`, `*` and `,` for a pause of two seconds; empty cancels
  /// @param duration of a tone in milliseconds, 40 to 6000
  /// @param interToneGap in milliseconds, at least 30
  /// @throws DOMException InvalidStateError when no tones can be sent, InvalidCharacterError for
  ///   anything else in `tones`
  public void insertDTMF(String tones, int duration, int interToneGap) {
    if (!canInsertDTMF()) {
      throw DOMException.invalidState("no telephone events can be sent");
    }
    String upper = tones.toUpperCase(Locale.ROOT);
    for (int i = 0; i < upper.length(); i++) {
      if (TONES.indexOf(upper.charAt(i)) < 0) {
        throw new DOMException(
            "'" + tones.charAt(i) + "' is no tone, expected one of " + TONES,
            "InvalidCharacterError");
      }
    }
    Duration length =
        Duration.ofMillis(Math.clamp(duration, MIN_DURATION_MILLIS, MAX_DURATION_MILLIS));
    Duration gap = Duration.ofMillis(Math.max(MIN_GAP_MILLIS, interToneGap));
    toneBuffer.set(upper);
    connection.onLoop(() -> {
      RtpSender rtp = sender.rtp;
      if (rtp != null && rtp.canInsertDtmf()) {
        rtp.insertDtmf(connection.loop().now(), upper, length, gap);
      }
    });
  }

  public void onToneChange(@Nullable EventListener<RTCDTMFToneChangeEvent> listener) {
    handler("tonechange", listener);
  }

  /// On the loop.
  void toneChanged(String tone, String waiting) {
    connection.task(_ -> {
      toneBuffer.set(waiting);
      dispatchEvent(new RTCDTMFToneChangeEvent("tonechange", new RTCDTMFToneChangeEventInit(tone)));
    });
  }
}
