package org.klatsch.media;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.klatsch.rtp.ExtensionIds;

/// Sends the frames of one media section. Made by [RtpTransport#addSender] and confined to its
/// thread.
public final class RtpSender {
  private final RtpTransport transport;
  private final List<SendStream> streams = new ArrayList<>();
  private final TelephoneEventSender tones = new TelephoneEventSender();
  private RtpSendParameters parameters;
  private ExtensionIds extensions = ExtensionIds.NONE;
  private byte[] mid = new byte[0];
  private int revision;
  private boolean congestionFeedback;

  /// The `red` that wraps a payload type of audio, −1 for none.
  private final int[] redTypes = new int[128];

  /// The `rtx` that repeats a payload type, −1 for none.
  private final int[] rtxTypes = new int[128];

  /// Hears about the packets of others that this forwards; null while it sends frames.
  private @Nullable ForwardingFeedback forwarding;

  RtpSender(RtpTransport transport, RtpSendParameters parameters) {
    this.transport = transport;
    this.parameters = parameters;
    take(parameters);
  }

  private void take(RtpSendParameters value) {
    parameters = value;
    revision++;
    congestionFeedback = value.codecs().stream().anyMatch(c -> c.has(RtcpFeedback.CONGESTION));
    noteWrappers(value.codecs());
    mid = value.mid().getBytes(StandardCharsets.US_ASCII);
    Map<String, Integer> ids = new HashMap<>();
    value.headerExtensions().forEach(e -> ids.put(e.uri(), e.id()));
    extensions = ExtensionIds.ofUris(ids);
    for (int i = 0; i < value.encodings().size(); i++) {
      RtpEncoding encoding = value.encodings().get(i);
      if (i < streams.size() && streams.get(i).ssrc() == encoding.ssrc()) {
        streams.get(i).encoding(encoding);
      } else {
        SendStream stream = transport.newSendStream(this, i, encoding);
        if (i < streams.size()) {
          transport.retire(streams.set(i, stream));
        } else {
          streams.add(stream);
        }
      }
      streams.get(i).announceAgain();
    }
    while (streams.size() > value.encodings().size()) {
      transport.retire(streams.removeLast());
    }
  }

  /// Whether the peer reports on each packet by its stream, RFC 8888.
  boolean hasCongestionFeedback() {
    return congestionFeedback;
  }

  /// Grows with each change of the parameters.
  int revision() {
    return revision;
  }

  private void noteWrappers(List<RtpCodec> codecs) {
    Arrays.fill(redTypes, -1);
    Arrays.fill(rtxTypes, -1);
    for (RtpCodec wrapper : codecs) {
      for (RtpCodec codec : codecs) {
        if (codec.isMedia() && wrapper.wraps(codec.payloadType())) {
          redTypes[codec.payloadType()] = wrapper.payloadType();
        }
      }
      int repeats = wrapper.is("rtx") ? wrapper.associatedPayloadType() : -1;
      if (repeats >= 0 && repeats <= 127) {
        rtxTypes[repeats] = wrapper.payloadType();
      }
    }
  }

  /// The payload type of the `rtx` that was agreed on for another, −1 for none.
  int rtxType(int payloadType) {
    return rtxTypes[payloadType];
  }

  /// The payload type that a `red` of audio wraps, −1 for none.
  int wrappedType(RtpCodec red) {
    for (int i = 0; i < redTypes.length; i++) {
      if (redTypes[i] == red.payloadType()) {
        return i;
      }
    }
    return -1;
  }

  /// The payload type of the `red` that was agreed on for a codec of audio, −1 for none.
  int redType(int payloadType) {
    return redTypes[payloadType];
  }

  public RtpSendParameters parameters() {
    return parameters;
  }

  /// Takes new parameters: those of a further negotiation, or with encodings switched on and off.
  /// An encoding that keeps its SSRC goes on where it is.
  ///
  /// @throws IllegalArgumentException for another kind of medium
  public void update(RtpSendParameters value) {
    if (value.kind() != parameters.kind()) {
      throw new IllegalArgumentException(
          "parameters for " + value.kind() + ", expected " + parameters.kind());
    }
    take(value);
    transport.sendersChanged();
  }

  /// Sends a frame of the only or first encoding.
  ///
  /// @return whether it was taken; otherwise it is counted and dropped
  public boolean send(long now, EncodedFrame frame) {
    return send(now, 0, frame);
  }

  /// Sends a frame. Its codec must be one of the parameters; the frame's bytes are borrowed until
  /// they were sent and not changed.
  ///
  /// @param encoding index in the parameters
  /// @return whether it was taken; otherwise it is counted and dropped
  public boolean send(long now, int encoding, EncodedFrame frame) {
    SendStream stream = streams.get(encoding);
    if (!accepts(frame.codec().payloadType())) {
      throw new IllegalArgumentException(
          "codec " + frame.codec() + " was not agreed on, expected one of " + parameters.codecs());
    }
    if (!stream.encoding().active()) {
      return false;
    }
    return transport.send(now, stream, frame);
  }

  /// Has this carry packets that others sent, in place of frames, from now on.
  public void forwards(ForwardingFeedback feedback) {
    forwarding = feedback;
    for (SendStream stream : streams) {
      stream.forward(feedback, transport.options().sendHistory());
    }
    transport.sendersChanged();
  }

  @Nullable ForwardingFeedback forwarding() {
    return forwarding;
  }

  /// Whether what is handed in goes out: the section sends and the transport is connected.
  public boolean isSending() {
    return transport.isConnected() && streams.getFirst().encoding().active();
  }

  /// Sends a packet of another stream in the first encoding, with numbers of this one. It is
  /// written when it leaves, from where it is stored.
  ///
  /// @param codec what it goes out as, one of the parameters
  /// @return whether it was taken; otherwise it is counted and dropped with those that wait
  /// @throws IllegalStateException before [#forwards]
  public boolean forward(long now, StoredPacket packet, RtpCodec codec, Renumbering numbers) {
    ForwardedStream forwarded = streams.getFirst().forwarded;
    if (forwarded == null) {
      throw new IllegalStateException("a sender of frames, expected one that forwards");
    }
    return transport.forward(now, forwarded, packet, codec, numbers);
  }

  /// Tells how much could be sent with enough bandwidth, so that more is looked for or not.
  ///
  /// @param bitsPerSecond all that there is to forward at most
  public void wantedBitrate(long bitsPerSecond) {
    ForwardedStream forwarded = streams.getFirst().forwarded;
    if (forwarded != null && forwarded.wanted() != bitsPerSecond) {
      forwarded.wanted(bitsPerSecond);
      transport.sendersChanged();
    }
  }

  private boolean accepts(int payloadType) {
    List<RtpCodec> codecs = parameters.codecs();
    for (int i = 0; i < codecs.size(); i++) {
      if (codecs.get(i).payloadType() == payloadType) {
        return true;
      }
    }
    return false;
  }

  /// Whether telephone events were agreed on.
  public boolean canInsertDtmf() {
    return telephoneEvent() != null;
  }

  /// Plays tones as telephone events in place of audio, W3C WebRTC §7.2: what is still to be played
  /// is replaced.
  ///
  /// @param tones of `0-9A-D#*`, and `,` for a pause of 2 s
  /// @param duration of each
  /// @param gap between two
  public void insertDtmf(long now, String tones, Duration duration, Duration gap) {
    if (!canInsertDtmf()) {
      throw new IllegalStateException("telephone-event was not agreed on");
    }
    for (int i = 0; i < tones.length(); i++) {
      if (!TelephoneEventSender.isTone(tones.charAt(i))) {
        throw new IllegalArgumentException(
            "tone '" + tones.charAt(i) + "', expected one of 0-9A-D#*,");
      }
    }
    this.tones.insert(now, tones, duration.toNanos(), gap.toNanos());
    transport.tonesChanged(this);
  }

  /// The tones that have not begun.
  public String dtmfBuffer() {
    return tones.buffer();
  }

  /// What an encoder of this encoding should make at most, in bits a second; 0 while unknown, and
  /// for an encoding of simulcast that there is no room for.
  public long targetBitrate(int encoding) {
    return streams.get(encoding).targetBitrate;
  }

  /// Figures of each encoding.
  public List<SendStatistics> statistics() {
    return streams.stream().map(SendStream::statistics).toList();
  }

  /// The telephone-event of the clock of the audio, or any.
  @Nullable RtpCodec telephoneEvent() {
    RtpCodec found = null;
    RtpCodec audio = null;
    for (RtpCodec codec : parameters.codecs()) {
      if (audio == null && codec.isMedia()) {
        audio = codec;
      }
      if (codec.is("telephone-event")
          && (found == null
              || audio != null
                  && found.clockRateHz() != audio.clockRateHz()
                  && codec.clockRateHz() == audio.clockRateHz())) {
        found = codec;
      }
    }
    return found;
  }

  TelephoneEventSender tones() {
    return tones;
  }

  List<SendStream> streams() {
    return streams;
  }

  ExtensionIds extensions() {
    return extensions;
  }

  byte[] mid() {
    return mid;
  }
}
