package org.klatsch.webrtc;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.klatsch.media.RtpCodec;
import org.klatsch.peer.jsep.Transceiver;
import org.klatsch.sdp.DirectionAttribute;

/// A sender and a receiver that share an m-section, W3C WebRTC §5.4. Every method may be called on
/// any thread.
public final class RTCRtpTransceiver {
  private final Connection connection;
  private final RTCRtpSender sender;
  private final RTCRtpReceiver receiver;

  /// On the loop.
  final Transceiver jsep;

  /// `[[FiredDirection]]`: what the peer's track was last announced with. On the loop.
  DirectionAttribute firedDirection = DirectionAttribute.INACTIVE;

  private volatile @Nullable String mid;
  private volatile RTCRtpTransceiverDirection direction;
  private volatile @Nullable RTCRtpTransceiverDirection currentDirection;
  private volatile boolean stopping;
  private volatile boolean stopped;

  RTCRtpTransceiver(
      Connection connection, Transceiver jsep, RTCRtpSender sender, RTCRtpReceiver receiver) {
    this.connection = connection;
    this.jsep = jsep;
    this.sender = sender;
    this.receiver = receiver;
    this.direction = of(jsep.direction());
  }

  static RTCRtpTransceiverDirection of(DirectionAttribute direction) {
    return switch (direction) {
      case SENDRECV -> RTCRtpTransceiverDirection.SENDRECV;
      case SENDONLY -> RTCRtpTransceiverDirection.SENDONLY;
      case RECVONLY -> RTCRtpTransceiverDirection.RECVONLY;
      case INACTIVE -> RTCRtpTransceiverDirection.INACTIVE;
    };
  }

  static DirectionAttribute of(RTCRtpTransceiverDirection direction) {
    return switch (direction) {
      case SENDRECV -> DirectionAttribute.SENDRECV;
      case SENDONLY -> DirectionAttribute.SENDONLY;
      case RECVONLY -> DirectionAttribute.RECVONLY;
      case INACTIVE -> DirectionAttribute.INACTIVE;
      case STOPPED -> throw DOMException.typeError("\"stopped\" cannot be asked for: call stop()");
    };
  }

  /// Names its m-section; null until that is negotiated.
  public @Nullable String mid() {
    return mid;
  }

  public RTCRtpSender sender() {
    return sender;
  }

  public RTCRtpReceiver receiver() {
    return receiver;
  }

  /// What is wanted.
  public RTCRtpTransceiverDirection direction() {
    return stopping ? RTCRtpTransceiverDirection.STOPPED : direction;
  }

  /// Changes what is wanted; it takes effect with the next negotiation.
  ///
  /// @throws DOMException InvalidStateError when stopped, TypeError for `stopped`
  public void direction(RTCRtpTransceiverDirection value) {
    DirectionAttribute wanted = of(value);
    checkNotStopped();
    if (direction != value) {
      direction = value;
      connection.onLoop(() -> {
        jsep.direction(wanted);
        connection.updateNegotiationNeeded();
      });
    }
  }

  /// What was negotiated; null before.
  public @Nullable RTCRtpTransceiverDirection currentDirection() {
    return stopped ? RTCRtpTransceiverDirection.STOPPED : currentDirection;
  }

  /// Ends both halves for good; the peer learns it with the next negotiation.
  ///
  /// @throws DOMException InvalidStateError when the connection is closed
  public void stop() {
    connection.checkNotClosed();
    if (!stopping) {
      stopping = true;
      connection.onLoop(() -> connection.transceivers().stop(this));
    }
  }

  /// Chooses which codecs are negotiated, best first; none restores the default.
  ///
  /// @throws DOMException InvalidModificationError for a codec that is not among the capabilities,
  ///   or when none carries media
  public void setCodecPreferences(List<RTCRtpCodec> codecs) {
    if (stopping) {
      return;
    }
    List<RTCRtpCodec> known = connection.capabilities(receiver.track().kind()).codecs();
    List<RtpCodec> preferences = new ArrayList<>();
    boolean media = codecs.isEmpty();
    for (RTCRtpCodec each : codecs) {
      if (known.stream().noneMatch(each::matches)) {
        throw DOMException.invalidModification(each + " is not among the capabilities");
      }
      RtpCodec codec = Formats.codec(each, 0);
      media |= codec.isMedia();
      if (!preferences.contains(codec)) {
        preferences.add(codec);
      }
    }
    if (!media) {
      throw DOMException.invalidModification("no codec among " + codecs + " carries media");
    }
    connection.onLoop(() -> {
      jsep.codecPreferences(preferences);
      connection.updateNegotiationNeeded();
    });
  }

  /// The same.
  public void setCodecPreferences(RTCRtpCodec... codecs) {
    setCodecPreferences(List.of(codecs));
  }

  boolean isStopping() {
    return stopping;
  }

  boolean isStopped() {
    return stopped;
  }

  private void checkNotStopped() {
    if (stopping) {
      throw DOMException.invalidState("the transceiver is stopped");
    }
  }

  /// Called by tasks and, for what `addTrack` and the like change, by their callers.
  void publish(
      @Nullable String newMid,
      RTCRtpTransceiverDirection newDirection,
      @Nullable RTCRtpTransceiverDirection newCurrent) {
    mid = newMid;
    direction = newDirection;
    currentDirection = newCurrent;
  }

  void publishDirection(RTCRtpTransceiverDirection value) {
    direction = value;
  }

  void publishStopped() {
    stopping = true;
    stopped = true;
    mid = null;
  }

  void publishStopping() {
    stopping = true;
  }

  @Override
  public String toString() {
    return "RTCRtpTransceiver[" + mid + ", " + direction() + "]";
  }
}
