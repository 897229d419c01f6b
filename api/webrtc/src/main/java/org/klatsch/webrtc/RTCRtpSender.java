package org.klatsch.webrtc;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.klatsch.codecs.Codecs;
import org.klatsch.media.EncodedFrame;
import org.klatsch.media.RtpCodec;
import org.klatsch.media.RtpEncoding;
import org.klatsch.media.RtpSendParameters;
import org.klatsch.media.RtpSender;
import org.klatsch.peer.MediaParameters;

/// Sends a track, W3C WebRTC §5.2. Every method may be called on any thread.
public final class RTCRtpSender {
  private final Connection connection;
  private final String kind;
  private final @Nullable RTCDTMFSender dtmf;
  private volatile @Nullable MediaStreamTrack track;
  private volatile @Nullable RTCDtlsTransport transport;
  private volatile @Nullable RtpSendParameters negotiated;
  private volatile List<RTCRtpEncodingParameters> encodings;
  private volatile @Nullable RTCDegradationPreference degradationPreference;

  /// `[[LastReturnedParameters]]`.
  private volatile @Nullable RTCRtpSendParameters lastReturned;

  /// What the session sends by; on the loop.
  @Nullable RtpSender rtp;

  /// On the loop; statistics read it there too.
  @Nullable Sending sending;

  /// Of video, what was encoded of each encoding. On the loop.
  private final List<EncodingFigures> figures = new ArrayList<>();

  /// By pipelines that have ended. On the loop.
  private long framesDropped;

  private final TransformQueue transforms = new TransformQueue();
  private @Nullable MediaStreamTrack sent;
  private boolean sends;
  private int ptimeMillis;
  private AudioEncodingOptions audioEncoding = AudioEncodingOptions.DEFAULT;
  private volatile @Nullable RTCRtpTransceiver transceiver;

  RTCRtpSender(
      Connection connection,
      String kind,
      @Nullable MediaStreamTrack track,
      List<RTCRtpEncodingParameters> encodings) {
    this.connection = connection;
    this.kind = kind;
    this.track = track;
    this.encodings = encodings.isEmpty() ? List.of(new RTCRtpEncodingParameters()) : encodings;
    this.dtmf = kind.equals("audio") ? new RTCDTMFSender(connection, this) : null;
  }

  public @Nullable MediaStreamTrack track() {
    return track;
  }

  /// The transport; null until negotiated.
  public @Nullable RTCDtlsTransport transport() {
    return transport;
  }

  /// What can be sent; null for a kind other than `audio` and `video`.
  public static @Nullable RTCRtpCapabilities getCapabilities(String kind) {
    return RTCRtpReceiver.getCapabilities(kind);
  }

  /// The parameters, to be changed and handed to [#setParameters] soon.
  public RTCRtpSendParameters getParameters() {
    RtpSendParameters now = negotiated;
    RTCRtpSendParameters parameters =
        new RTCRtpSendParameters(
            UUID.randomUUID().toString(),
            encodings,
            now == null ? List.of() : Formats.extensions(now.headerExtensions()),
            now == null
                ? new RTCRtcpParameters("", false)
                : new RTCRtcpParameters(now.cname(), now.reducedSizeRtcp()),
            now == null ? List.of() : Formats.codecs(now.codecs()),
            degradationPreference);
    lastReturned = parameters;
    return parameters;
  }

  /// Changes how the track is sent, without negotiation.
  ///
  /// Fails with InvalidStateError without [#getParameters] before it, with InvalidModificationError
  /// when the parameters are not those of its last call or more than the encodings' changeable
  /// parts differ, with RangeError for a scale below 1 or a negative rate.
  public CompletableFuture<@Nullable Void> setParameters(RTCRtpSendParameters parameters) {
    RTCRtpSendParameters last = lastReturned;
    RTCRtpTransceiver whole = transceiver;
    try {
      if (whole == null || whole.isStopping()) {
        throw DOMException.invalidState("the transceiver is stopped");
      }
      if (last == null) {
        throw DOMException.invalidState("getParameters() was not called since the last change");
      }
      if (!last.transactionId().equals(parameters.transactionId())) {
        throw DOMException.invalidModification(
            "the parameters are not those of the last getParameters()");
      }
      check(last, parameters);
    } catch (DOMException e) {
      return CompletableFuture.failedFuture(e);
    }
    lastReturned = null;
    return connection.chain(() -> {
      encodings =
          kind.equals("video") ? withScales(parameters.encodings()) : parameters.encodings();
      degradationPreference = parameters.degradationPreference();
      applyEncodings(whole);
      return null;
    });
  }

  private void check(RTCRtpSendParameters last, RTCRtpSendParameters parameters) {
    if (!last.codecs().equals(parameters.codecs())
        || !last.headerExtensions().equals(parameters.headerExtensions())
        || !last.rtcp().equals(parameters.rtcp())
        || last.encodings().size() != parameters.encodings().size()) {
      throw DOMException.invalidModification("only encodings may change, and not their number");
    }
    for (int i = 0; i < last.encodings().size(); i++) {
      RTCRtpEncodingParameters each = parameters.encodings().get(i);
      if (!java.util.Objects.equals(last.encodings().get(i).rid(), each.rid())) {
        throw DOMException.invalidModification("the rid of encoding " + i + " may not change");
      }
      RTCRtpCodec codec = each.codec();
      if (codec != null
          && !last.codecs().isEmpty()
          && last.codecs().stream().noneMatch(known -> known.codec().matches(codec))) {
        throw DOMException.invalidModification(codec + " was not negotiated");
      }
      checkRanges(each);
    }
  }

  /// Fills in how much smaller each encoding is: none smaller than the next by half unless one of
  /// them says so itself, W3C WebRTC §5.1 `addTransceiver`.
  static List<RTCRtpEncodingParameters> withScales(List<RTCRtpEncodingParameters> given) {
    boolean said = given.stream().anyMatch(each -> each.scaleResolutionDownBy() != null);
    List<RTCRtpEncodingParameters> filled = new ArrayList<>();
    for (int i = 0; i < given.size(); i++) {
      RTCRtpEncodingParameters each = given.get(i);
      double usual = said ? 1 : 1L << Math.min(62, given.size() - 1 - i);
      filled.add(
          each.scaleResolutionDownBy() == null ? each.withScaleResolutionDownBy(usual) : each);
    }
    return filled;
  }

  static void checkRanges(RTCRtpEncodingParameters each) {
    Double scale = each.scaleResolutionDownBy();
    Double rate = each.maxFramerate();
    Long bitrate = each.maxBitrate();
    if (scale != null && !(scale >= 1)) {
      throw DOMException.rangeError("scaleResolutionDownBy " + scale + ", expected at least 1");
    }
    if (rate != null && !(rate >= 0)) {
      throw DOMException.rangeError("maxFramerate " + rate + ", expected at least 0");
    }
    if (bitrate != null && bitrate < 0) {
      throw DOMException.rangeError("maxBitrate " + bitrate + ", expected at least 0");
    }
  }

  /// Sends another track, or none, without negotiation. Fails with TypeError for a track of another
  /// kind, with InvalidStateError when stopped.
  public CompletableFuture<@Nullable Void> replaceTrack(@Nullable MediaStreamTrack withTrack) {
    if (withTrack != null && !withTrack.kind().equals(kind)) {
      return CompletableFuture.failedFuture(
          DOMException.typeError("a track of kind " + withTrack.kind() + ", expected " + kind));
    }
    return connection.chain(() -> {
      RTCRtpTransceiver whole = transceiver;
      if (whole == null || whole.isStopping()) {
        throw DOMException.invalidState("the transceiver is stopped");
      }
      track(withTrack);
      whole.jsep.hasTrack(withTrack != null);
      return null;
    });
  }

  /// Tells the peer with the next negotiation which streams the track belongs to.
  ///
  /// @throws DOMException InvalidStateError when the connection is closed
  public void setStreams(MediaStream... streams) {
    connection.checkNotClosed();
    List<String> ids = new ArrayList<>();
    for (MediaStream each : streams) {
      if (!ids.contains(each.id())) {
        ids.add(each.id());
      }
    }
    RTCRtpTransceiver whole = transceiver;
    if (whole != null) {
      connection.onLoop(() -> {
        whole.jsep.streamIds(ids);
        connection.updateNegotiationNeeded();
      });
    }
  }

  /// Sets how audio is encoded. The W3C lacks this.
  public void audioEncoding(AudioEncodingOptions value) {
    connection.onLoop(() -> {
      audioEncoding = value;
      if (sending instanceof AudioSending audio) {
        audio.options(value);
      }
    });
  }

  /// What changes the encoded frames before they are sent; null for nothing.
  public @Nullable RTCRtpTransform transform() {
    return transforms.transform();
  }

  /// Has every encoded frame changed before it is sent; null ends that.
  public void transform(@Nullable RTCRtpTransform value) {
    transforms.transform(value);
  }

  /// The statistics of this sender and what they refer to.
  public CompletableFuture<RTCStatsReport> getStats() {
    return connection.statistics(this, null);
  }

  /// Sends DTMF tones; null for video.
  public @Nullable RTCDTMFSender dtmf() {
    return dtmf;
  }

  boolean isOf(Connection other) {
    return connection == other;
  }

  String kind() {
    return kind;
  }

  void transceiver(RTCRtpTransceiver value) {
    transceiver = value;
  }

  @Nullable RTCRtpTransceiver transceiver() {
    return transceiver;
  }

  void transport(@Nullable RTCDtlsTransport value) {
    transport = value;
  }

  @Nullable RtpSendParameters negotiated() {
    return negotiated;
  }

  // The rest runs on the loop.

  /// Sends another track from now on.
  void track(@Nullable MediaStreamTrack value) {
    track = value;
    update();
  }

  /// Takes over what was negotiated.
  ///
  /// @param maySend whether the direction sends and the transport is there
  void negotiated(@Nullable MediaParameters parameters, boolean maySend) {
    if (parameters != null && parameters.direction().sends()) {
      encodings = parameters.send().encodings().stream().map(this::wish).toList();
      if (kind.equals("video")) {
        encodings = withScales(encodings);
      }
    }
    negotiated = parameters == null ? null : withEncodings(parameters.send());
    ptimeMillis = parameters == null ? 0 : parameters.ptimeMillis();
    sends = maySend && parameters != null;
    RtpSender current = rtp;
    RtpSendParameters now = negotiated;
    if (current != null && now != null && sends && !current.parameters().equals(now)) {
      current.update(now);
    }
    update();
  }

  /// The negotiated parameters with what `setParameters` says.
  private RtpSendParameters withEncodings(RtpSendParameters parameters) {
    List<RtpEncoding> result = new ArrayList<>();
    for (RtpEncoding encoding : parameters.encodings()) {
      RTCRtpEncodingParameters wish = wish(encoding);
      Long limit = wish.maxBitrate();
      result.add(
          encoding
              .withActive(wish.active())
              .withMaxBitrate(limit == null ? 0 : limit)
              .withPayloadType(payloadType(wish.codec(), parameters.codecs())));
    }
    return parameters.withEncodings(result);
  }

  /// What is asked of a negotiated encoding: the peer may have taken some of those offered, only
  /// the first, or asked for others.
  private RTCRtpEncodingParameters wish(RtpEncoding encoding) {
    String rid = encoding.rid();
    if (rid == null) {
      return encodings.getFirst().withRid(null);
    }
    for (RTCRtpEncodingParameters each : encodings) {
      if (rid.equals(each.rid())) {
        return each;
      }
    }
    return new RTCRtpEncodingParameters().withRid(rid);
  }

  private static int payloadType(@Nullable RTCRtpCodec wish, List<RtpCodec> codecs) {
    for (RtpCodec each : codecs) {
      if (wish != null && Formats.codec(each).matches(wish)) {
        return each.payloadType();
      }
    }
    return -1;
  }

  private void applyEncodings(RTCRtpTransceiver whole) {
    RtpSendParameters now = negotiated;
    if (now == null) {
      return;
    }
    RtpSendParameters next = withEncodings(now);
    negotiated = next;
    whole.jsep.encodings(next.encodings());
    RtpSender current = rtp;
    if (current != null && sends) {
      current.update(next);
    }
    Sending pipeline = sending;
    if (pipeline != null) {
      pipeline.parameters(next);
      instruct(pipeline);
    }
  }

  /// Tells a pipeline what is wished of its encodings and what the path carries of each.
  private void instruct(Sending pipeline) {
    if (pipeline instanceof VideoSending video) {
      video.wishes(encodings, degradationPreference);
    }
    targetsChanged();
  }

  /// The path carries another bitrate.
  void targetsChanged() {
    RtpSender current = rtp;
    if (current == null) {
      return;
    }
    if (sending instanceof VideoSending video) {
      for (int i = 0; i < current.parameters().encodings().size(); i++) {
        video.targetBitrate(i, current.targetBitrate(i));
      }
    } else if (sending instanceof AudioSending audio) {
      audio.targetBitrate(current.targetBitrate(0));
    }
  }

  /// Starts, changes or ends the pipeline from the track to the session.
  private void update() {
    RtpSendParameters now = negotiated;
    MediaStreamTrack wanted = sends && rtp != null && now != null ? track : null;
    Sending old = sending;
    if (wanted == sent && old != null && now != null) {
      old.parameters(now);
      instruct(old);
      return;
    }
    MediaStreamTrack before = sent;
    if (before != null && old != null) {
      before.removeConsumer(old);
      old.close();
      if (old instanceof VideoSending video) {
        framesDropped += video.framesDropped();
      }
    }
    sending = null;
    sent = wanted;
    if (wanted == null || now == null) {
      return;
    }
    Codecs codecs = connection.options().codecs();
    TrackSource from = wanted.source();
    FrameSink sink = this::send;
    boolean encodes = !from.passesOn(now.codecs());
    Sending made;
    if (kind.equals("audio")) {
      int millis = ptimeMillis == 0 ? MediaPool.TICK_MILLIS : Math.clamp(ptimeMillis, 10, 60);
      made =
          new AudioSending(
              sink, encodes, now, codecs, audioEncoding, millis / 10 * 10, connection.loop()::now);
    } else {
      made =
          new VideoSending(
              wanted, sink, encodes, now, codecs, this::figures, connection.loop()::now);
    }
    sending = made;
    instruct(made);
    wanted.addConsumer(made);
    from.requestKeyFrame();
  }

  /// Of video, what was encoded of an encoding, whichever tracks it came from. On the loop.
  EncodingFigures figures(int encoding) {
    while (figures.size() <= encoding) {
      figures.add(new EncodingFigures(System::nanoTime));
    }
    return figures.get(encoding);
  }

  /// Pictures of all tracks that were left out because the encoders were busy. On the loop.
  long framesDropped() {
    return framesDropped + (sending instanceof VideoSending video ? video.framesDropped() : 0);
  }

  /// Any thread.
  private void send(EncodedFrame frame, int encoding) {
    transforms.pass(frame, changed -> sendOnLoop(changed, encoding));
  }

  private void sendOnLoop(EncodedFrame frame, int encoding) {
    connection.onLoop(() -> {
      RtpSender current = rtp;
      // What was encoded before a negotiation may be of no use after it.
      if (current != null
          && sends
          && encoding < current.parameters().encodings().size()
          && current.parameters().codecs().contains(frame.codec())) {
        current.send(connection.loop().now(), encoding, frame);
      }
    });
  }

  void keyFrameRequested(int encoding) {
    if (sending instanceof VideoSending video) {
      video.requestKeyFrame(encoding);
    }
    MediaStreamTrack current = sent;
    if (current != null) {
      current.source().requestKeyFrame();
    }
  }

  void end() {
    sends = false;
    update();
  }
}
