package org.klatsch.media;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.klatsch.media.bwe.ReceiverEstimator;
import org.klatsch.rtp.ExtensionIds;
import org.klatsch.rtp.ExtensionType;
import org.klatsch.rtp.HeaderExtensions;
import org.klatsch.rtp.MalformedRtpException;
import org.klatsch.rtp.RtpPacket;
import org.klatsch.rtp.Rtx;
import org.klatsch.rtp.rtcp.CongestionFeedback;
import org.klatsch.rtp.rtcp.ExtendedReport;
import org.klatsch.rtp.rtcp.FullIntraRequest;
import org.klatsch.rtp.rtcp.GenericNack;
import org.klatsch.rtp.rtcp.Goodbye;
import org.klatsch.rtp.rtcp.PictureLossIndication;
import org.klatsch.rtp.rtcp.ReceiverEstimatedMaximumBitrate;
import org.klatsch.rtp.rtcp.ReceiverReport;
import org.klatsch.rtp.rtcp.ReportBlock;
import org.klatsch.rtp.rtcp.RtcpCompound;
import org.klatsch.rtp.rtcp.RtcpPacket;
import org.klatsch.rtp.rtcp.SenderReport;
import org.klatsch.rtp.rtcp.SourceDescription;
import org.klatsch.rtp.rtcp.TransportFeedback;
import org.klatsch.sansio.ProtocolCore;
import org.klatsch.sansio.Timers;
import org.klatsch.sansio.TransmitBuffer;

/// All RTP and RTCP of one transport, in the clear: everything that a BUNDLE group (RFC 8843) sends
/// and receives. Frames go in at [RtpSender#send] and come out by [RtpReceiver#pull] or as events;
/// packets pass [#handleRtp], [#handleRtcp] and [#pollTransmit].
///
/// ```text
///   send(frame) ──► queues, pacer ──► pollTransmit ──► (SRTP) ──► network
///   network ──► (SRTP) ──► handleRtp ──► routing ──► jitter buffer ──► pull
///                                             └────► frame assembly ──► events
/// ```
public final class RtpTransport implements ProtocolCore<MediaEvent> {
  /// How often streams are looked after that fell silent.
  private static final long PROCESS_INTERVAL = 1_000_000_000L;

  /// Streams that an estimate names at most.
  private static final int MAX_ESTIMATED = 32;

  /// Assumed until a report tells.
  static final long USUAL_ROUND_TRIP = 100_000_000;

  private enum Timer {
    REPORT,
    PROCESS
  }

  private final RtpTransportOptions options;
  private final RandomGenerator random;
  private final RtpTransportCounters counters = new RtpTransportCounters();
  private final List<RtpSender> senders = new ArrayList<>();
  private final List<RtpReceiver> receivers = new ArrayList<>();
  private final Synchronisation synchronisation = new Synchronisation(receivers);
  private final RtpRouter router;
  private final WallClock wallClock = new WallClock();
  private final RtcpReporter reporter;
  private final RtcpSchedule schedule;
  private final Timers<Timer> timers = new Timers<>(Timer.class);
  private final ArrayDeque<MediaEvent> events = new ArrayDeque<>();
  private final OutgoingMedia outgoing;
  private final ArrivalLog arrivals = new ArrivalLog();
  private final StreamArrivals streamArrivals = new StreamArrivals();
  private final ReceiverEstimator receiverEstimator;
  private final RtpPacket packet = new RtpPacket();
  private HeaderExtensions extensions = new HeaderExtensions(ExtensionIds.NONE);

  private boolean connected;
  private boolean closed;
  private boolean reportDue;
  private boolean reducedSize;

  /// Whether the peer is told what the path to us bears, as it gets no transport-wide feedback.
  private boolean tellsEstimate;

  /// Whether the peer is told of each packet by its stream, RFC 8888.
  private boolean reportsPackets;

  /// Whether the peer answers receiver reference times.
  private boolean answersReferenceTimes;

  /// As last measured by a report, in nanoseconds.
  private long roundTrip = USUAL_ROUND_TRIP;

  private long mediaBytes;
  private long mediaBytesSince;

  /// @param random for SSRCs, sequence numbers, timestamps and the times of reports
  public RtpTransport(RtpTransportOptions options, RandomGenerator random) {
    this.options = options;
    this.random = random;
    this.router = new RtpRouter(options.maxStreams(), receivers, counters);
    this.schedule = new RtcpSchedule(options, random);
    this.receiverEstimator =
        new ReceiverEstimator(options.minBitrate(), options.startBitrate(), options.maxBitrate());
    this.outgoing = new OutgoingMedia(options, counters, senders, wallClock, this::event);
    // RFC 7022 §4.2: 96 random bits.
    String cname =
        Long.toHexString(random.nextLong()) + Integer.toHexString(random.nextInt() >>> 1);
    this.reporter = new RtcpReporter(wallClock, 1 + (random.nextInt() >>> 1), cname);
  }

  /// Tells the wall clock, for sender reports: at the beginning and when it was set anew.
  ///
  /// @param ntpTime what it shows at `now`, as an NTP timestamp
  public void wallClock(long now, long ntpTime) {
    wallClock.set(now, ntpTime);
  }

  /// The transport can carry packets: sending and reports begin. Frames handed over before are
  /// dropped and counted.
  public void connect(long now) {
    if (connected || closed) {
      return;
    }
    connected = true;
    mediaBytesSince = now;
    schedule.start(now);
    timers.set(Timer.REPORT, schedule.next());
    timers.set(Timer.PROCESS, now + PROCESS_INTERVAL);
  }

  public boolean isConnected() {
    return connected;
  }

  /// Ends all streams: a BYE is ready to be polled, RFC 3550 §6.3.7, and nothing is sent after it.
  public void close(long now) {
    if (closed) {
      return;
    }
    closed = true;
    for (RtpSender sender : senders) {
      sender.streams().forEach(this::retire);
    }
    timers.cancelAll();
  }

  /// Begins to send a section.
  public RtpSender addSender(RtpSendParameters parameters) {
    RtpSender sender = new RtpSender(this, parameters);
    senders.add(sender);
    sendersChanged();
    return sender;
  }

  /// Ends sending of a section, with a BYE.
  public void removeSender(RtpSender sender) {
    if (senders.remove(sender)) {
      sender.streams().forEach(this::retire);
      sendersChanged();
    }
  }

  /// Begins to receive a section.
  public RtpReceiver addReceiver(RtpReceiveParameters parameters) {
    RtpReceiver receiver = new RtpReceiver(this, parameters);
    receivers.add(receiver);
    receiverChanged(receiver);
    return receiver;
  }

  /// Ends receiving of a section; its packets are no longer routed.
  public void removeReceiver(RtpReceiver receiver) {
    if (receivers.remove(receiver)) {
      router.remove(receiver);
      collectExtensions();
      updateReducedSize();
    }
  }

  public List<RtpSender> senders() {
    return Collections.unmodifiableList(senders);
  }

  public List<RtpReceiver> receivers() {
    return Collections.unmodifiableList(receivers);
  }

  /// What the path is estimated to bear, in bits a second.
  public long targetBitrate() {
    return outgoing.estimator().target();
  }

  /// Whether a queue on the path ran over lately: packets are lost or stand in it for long.
  public boolean isCongested(long now) {
    return outgoing.estimator().isCongested(now);
  }

  /// Whether feedback has told anything that [#targetBitrate] follows.
  public boolean hasEstimate() {
    return outgoing.estimator().hasEstimate();
  }

  /// What the path to us is estimated to bear, in bits a second, where that is told to the peer, as
  /// it estimates nothing itself; 0 otherwise.
  public long incomingBitrate() {
    return tellsEstimate ? receiverEstimator.told() : 0;
  }

  /// The round trip to the peer as last measured, in nanoseconds; 100 ms before.
  public long roundTripTime() {
    return roundTrip;
  }

  /// Packets and what was dropped.
  public RtpTransportCounters counters() {
    return counters;
  }

  RtpTransportOptions options() {
    return options;
  }

  /// Packets of a stream that feedback by stream told to be lost; −1 where it was not agreed on.
  long reportedLost(int ssrc) {
    return reportsPackets ? streamArrivals.lost(ssrc) : -1;
  }

  SendStream newSendStream(RtpSender sender, int index, RtpEncoding encoding) {
    // RFC 3550 §5.1: both begin at random. The first sequence number leaves room before the
    // rollover
    // counter of SRTP moves, RFC 3711 §3.3.1.
    SendStream stream =
        new SendStream(sender, index, encoding, random.nextInt(1 << 15), random.nextInt());
    ForwardingFeedback forwarding = sender.forwarding();
    if (forwarding != null) {
      stream.forward(forwarding, options.sendHistory());
    } else if (sender.parameters().kind() == MediaKind.VIDEO) {
      stream.paced = new VideoSendStream(stream, options.sendHistory(), random);
    }
    return stream;
  }

  void retire(SendStream stream) {
    outgoing.forget(stream.encoding());
    if (stream.hasSent() && connected) {
      reporter.goodbye(stream.ssrc());
    }
  }

  void sendersChanged() {
    outgoing.sendersChanged();
    updateReducedSize();
  }

  void receiverChanged(RtpReceiver receiver) {
    router.announce(receiver);
    collectExtensions();
    updateReducedSize();
  }

  private void updateReducedSize() {
    boolean all = true;
    for (RtpSender sender : senders) {
      all &= sender.parameters().reducedSizeRtcp();
    }
    for (RtpReceiver receiver : receivers) {
      all &= receiver.parameters().reducedSizeRtcp();
    }
    reducedSize = all && !(senders.isEmpty() && receivers.isEmpty());
  }

  /// The ids mean the same in all sections of a BUNDLE group, RFC 8843 §9 and RFC 8859 §5.8.
  private void collectExtensions() {
    Map<String, Integer> ids = new HashMap<>();
    for (RtpReceiver receiver : receivers) {
      receiver.parameters().headerExtensions().forEach(e -> ids.put(e.uri(), e.id()));
    }
    extensions = new HeaderExtensions(ExtensionIds.ofUris(ids));
    tellsEstimate =
        !extensions.ids().has(ExtensionType.TRANSPORT_SEQUENCE)
            && receivers.stream().anyMatch(receiver -> agreed(receiver, RtcpFeedback.REMB));
    reportsPackets =
        receivers.stream().anyMatch(receiver -> agreed(receiver, RtcpFeedback.CONGESTION));
    answersReferenceTimes =
        receivers.stream()
            .anyMatch(receiver -> agreed(receiver, RtcpFeedback.RECEIVER_REFERENCE_TIME));
  }

  private static boolean agreed(RtpReceiver receiver, RtcpFeedback feedback) {
    return receiver.parameters().codecs().stream().anyMatch(codec -> codec.has(feedback));
  }

  void event(MediaEvent event) {
    events.add(event);
  }

  void tonesChanged(RtpSender sender) {
    if (sender.tones().hasChange()) {
      events.add(new MediaEvent.DtmfToneChanged(sender, sender.tones().takeChange()));
    }
  }

  /// Takes a frame of a stream for sending.
  boolean send(long now, SendStream stream, EncodedFrame frame) {
    if (!connected || closed) {
      counters.drop(DropReason.NOT_CONNECTED);
      return false;
    }
    return outgoing.send(now, stream, frame);
  }

  /// Takes a packet of another stream for sending.
  boolean forward(
      long now, ForwardedStream stream, StoredPacket packet, RtpCodec codec, Renumbering numbers) {
    if (!connected || closed) {
      counters.drop(DropReason.NOT_CONNECTED);
      return false;
    }
    return outgoing.forward(now, stream, packet, codec, numbers);
  }

  /// Takes an RTP packet, decrypted.
  ///
  /// @param array holds the packet; borrowed for the call, and its `length` bytes may be changed
  public void handleRtp(long now, byte[] array, int offset, int length) {
    if (closed) {
      return;
    }
    counters.rtpReceived();
    try {
      packet.parse(array, offset, length);
      extensions.of(packet);
      int transportSequence = extensions.transportSequence();
      if (transportSequence >= 0) {
        arrivals.add(now, transportSequence, packet.ssrc(), length);
      } else if (reportsPackets) {
        streamArrivals.add(now, packet.ssrc(), packet.sequenceNumber());
      } else if (tellsEstimate && extensions.absSendTime() >= 0) {
        receiverEstimator.add(now, extensions.absSendTime(), length, roundTrip);
      }
      ReceiveStream stream = router.route(now, packet, extensions);
      if (stream != null) {
        mediaBytes += length;
        receive(now, stream);
      }
    } catch (MalformedRtpException e) {
      counters.drop(
          e.reason() == MalformedRtpException.Reason.PAYLOAD
              ? DropReason.MALFORMED_PAYLOAD
              : DropReason.MALFORMED_RTP);
    }
  }

  private void receive(long now, ReceiveStream stream) throws MalformedRtpException {
    RtpCodec codec = stream.receiver.codec(packet.payloadType());
    if (codec == null) {
      counters.drop(DropReason.UNKNOWN_PAYLOAD_TYPE);
      return;
    }
    stream.notePacket(now, packet, codec);
    stream.protects = codec.is("flexfec-03") || codec.is("flexfec");
    ReceiveStream base = stream.repairs;
    if (!stream.isAlive()) {
      stream.alive(true);
      if (!stream.isRepair()) {
        events.add(new MediaEvent.StreamStarted(stream.receiver, stream.ssrc, stream.rid));
        schedule.hurry(now);
        timers.set(Timer.REPORT, schedule.next());
      }
    }
    if (stream.protects) {
      stream.receiver.handleProtection(now, packet, extensions, codec);
      return;
    }
    boolean recovered = base != null;
    if (base != null) {
      codec = unwrap(base, codec);
      if (codec == null) {
        return;
      }
      base.noteRecovered(packet);
      stream = base;
    }
    if (!stream.receiver.handle(now, stream, packet, extensions, codec, recovered)) {
      counters.drop(DropReason.MALFORMED_PAYLOAD);
    }
  }

  /// Makes the original packet of a retransmitted one, RFC 4588 §4; null when there is none inside.
  private @Nullable RtpCodec unwrap(ReceiveStream base, RtpCodec rtx) throws MalformedRtpException {
    if (Rtx.isPadding(packet)) {
      // Padding that probes the bandwidth has nothing inside.
      base.notePadding(packet);
      return null;
    }
    int payloadType = rtx.associatedPayloadType();
    RtpCodec codec = payloadType < 0 || payloadType > 127 ? null : base.receiver.codec(payloadType);
    if (codec == null) {
      counters.drop(DropReason.UNKNOWN_PAYLOAD_TYPE);
      return null;
    }
    Rtx.unwrap(packet, payloadType, base.ssrc);
    return codec;
  }

  /// Takes an RTCP packet, decrypted.
  public void handleRtcp(long now, byte[] array, int offset, int length) {
    if (closed) {
      return;
    }
    counters.rtcpReceived();
    schedule.packet(length);
    try {
      for (RtcpPacket each : RtcpCompound.parse(array, offset, length)) {
        handleRtcp(now, each);
      }
    } catch (MalformedRtpException e) {
      counters.drop(DropReason.MALFORMED_RTCP);
    }
  }

  private void handleRtcp(long now, RtcpPacket received) {
    switch (received) {
      case SenderReport report -> {
        ReceiveStream stream = router.get(report.ssrc());
        if (stream != null) {
          stream.handleReport(now, report);
          PacketTap tap = stream.receiver.tap();
          if (tap != null) {
            tap.report(now, report.ssrc(), report.ntpTime(), report.rtpTimestamp());
          }
        }
        handleBlocks(now, report.blocks());
      }
      case ReceiverReport report -> handleBlocks(now, report.blocks());
      case TransportFeedback feedback -> {
        outgoing.estimator().handle(now, feedback, roundTrip);
        outgoing.noteEstimate(roundTrip);
      }
      case CongestionFeedback feedback -> {
        counters.congestionFeedbackReceived();
        outgoing.handle(now, feedback);
        outgoing.noteEstimate(roundTrip);
      }
      case ReceiverEstimatedMaximumBitrate remb -> {
        outgoing.estimator().handleRemb(now, remb.bitrate());
        outgoing.noteEstimate(roundTrip);
      }
      case GenericNack nack -> {
        SendStream stream = sendStream(nack.mediaSsrc());
        if (stream != null) {
          outgoing.repeat(now, stream, nack.sequenceNumbers());
        }
      }
      case PictureLossIndication loss -> {
        SendStream stream = sendStream(loss.mediaSsrc());
        if (stream != null) {
          stream.plis++;
          outgoing.keyFrameWanted(now, stream);
        }
      }
      case FullIntraRequest request -> {
        for (FullIntraRequest.Entry entry : request.entries()) {
          SendStream stream = sendStream(entry.ssrc());
          if (stream != null && stream.takeFullIntraRequest(entry.sequenceNumber())) {
            outgoing.keyFrameWanted(now, stream);
          }
        }
      }
      case ExtendedReport report -> handleExtended(now, report);
      case SourceDescription description -> {
        for (SourceDescription.Chunk chunk : description.chunks()) {
          ReceiveStream stream = router.get(chunk.ssrc());
          String cname = chunk.text(SourceDescription.CNAME);
          if (stream != null && cname != null) {
            stream.cname(cname);
          }
        }
      }
      case Goodbye goodbye -> {
        for (int ssrc : goodbye.ssrcs()) {
          ReceiveStream stream = router.get(ssrc);
          if (stream != null) {
            end(stream);
          }
        }
      }
      default -> {}
    }
  }

  private void handleExtended(long now, ExtendedReport report) {
    for (ExtendedReport.Block block : report.blocks()) {
      switch (block) {
        case ExtendedReport.ReceiverReferenceTime time ->
            reporter.noteReferenceTime(now, report.ssrc(), time.ntpTime());
        case ExtendedReport.ReceiverDelays delays -> {
          for (ExtendedReport.Delay delay : delays.delays()) {
            long measured = reporter.roundTrip(now, senders, delay);
            if (measured >= 0) {
              roundTrip = measured;
              ReceiveStream stream = router.get(report.ssrc());
              if (stream != null) {
                stream.noteRoundTrip(measured);
              }
              outgoing.noteEstimate(roundTrip);
            }
          }
        }
        case ExtendedReport.OtherBlock _ -> {}
      }
    }
  }

  private void handleBlocks(long now, List<ReportBlock> blocks) {
    for (ReportBlock block : blocks) {
      SendStream stream = sendStream(block.ssrc());
      if (stream != null) {
        long measured = stream.handleReport(now, wallClock.ntp(now), block);
        if (measured >= 0) {
          roundTrip = measured;
        }
        stream.takeLosses(
            block,
            (lost, expected) -> outgoing.estimator().handleReport(now, lost, expected, roundTrip));
        outgoing.noteEstimate(roundTrip);
        RemoteReport report = stream.remote();
        if (report != null) {
          events.add(new MediaEvent.ReportReceived(stream.sender, stream.index, report));
        }
      }
    }
  }

  private @Nullable SendStream sendStream(int ssrc) {
    for (RtpSender sender : senders) {
      for (SendStream stream : sender.streams()) {
        if (stream.ssrc() == ssrc) {
          return stream;
        }
        if (ssrc != 0 && stream.encoding().rtxSsrc() == ssrc) {
          stream.noteRepairKnown();
          return null;
        }
      }
    }
    return null;
  }

  private void end(ReceiveStream stream) {
    if (stream.isAlive()) {
      stream.alive(false);
      if (!stream.isRepair()) {
        events.add(new MediaEvent.StreamEnded(stream.receiver, stream.ssrc));
      }
    }
  }

  @Override
  public void handleTimeout(long now) {
    if (!connected || closed) {
      return;
    }
    for (Timer timer = timers.pollExpired(now); timer != null; timer = timers.pollExpired(now)) {
      switch (timer) {
        case REPORT -> reportDue = true;
        case PROCESS -> process(now);
      }
    }
    for (RtpSender sender : senders) {
      sender.tones().handleTimeout(now);
      tonesChanged(sender);
    }
    for (RtpReceiver receiver : receivers) {
      receiver.feedback(now, roundTrip, reporter.reportingSsrc(senders), reporter::feedback);
    }
    tellEstimate(now);
    streamArrivals.feedback(
        now,
        wallClock.ntp(now),
        reporter.reportingSsrc(senders),
        RtcpReporter.MAX_LENGTH,
        this::tellArrivals);
    arrivals.feedback(
        now, reporter.reportingSsrc(senders), RtcpReporter.MAX_LENGTH, reporter::feedback);
  }

  private void tellArrivals(RtcpPacket feedback) {
    if (reporter.feedback(feedback)) {
      counters.congestionFeedbackSent();
    }
  }

  /// Sends what the path to us is estimated to bear, draft-alvestrand-rmcat-remb-03 §2.
  private void tellEstimate(long now) {
    long rate = receiverEstimator.poll(now);
    if (rate == 0) {
      return;
    }
    List<Integer> ssrcs = new ArrayList<>();
    for (RtpReceiver receiver : receivers) {
      for (ReceiveStream stream : receiver.streams()) {
        if (stream.isAlive() && !stream.isRepair() && ssrcs.size() < MAX_ESTIMATED) {
          ssrcs.add(stream.ssrc);
        }
      }
    }
    reporter.feedback(
        new ReceiverEstimatedMaximumBitrate(reporter.reportingSsrc(senders), rate, ssrcs));
  }

  private void process(long now) {
    long timeout = options.streamTimeout().toNanos();
    for (RtpReceiver receiver : receivers) {
      receiver.process(now);
      for (ReceiveStream stream : receiver.streams()) {
        if (stream.isAlive() && now - stream.lastPacket() > timeout) {
          end(stream);
        }
      }
    }
    synchronisation.update();
    outgoing.estimator().process(now);
    outgoing.noteEstimate(roundTrip);
    timers.set(Timer.PROCESS, now + PROCESS_INTERVAL);
  }

  @Override
  public long nextTimeout() {
    if (!connected || closed) {
      return NEVER;
    }
    long next = timers.next();
    for (int i = 0; i < receivers.size(); i++) {
      next = Math.min(next, receivers.get(i).nextTimeout());
    }
    next = Math.min(next, Math.min(arrivals.nextTimeout(), receiverEstimator.nextTimeout()));
    return Math.min(Math.min(next, streamArrivals.nextTimeout()), outgoing.nextTimeout());
  }

  @Override
  public boolean pollTransmit(long now, TransmitBuffer out) {
    int length = writeTransmit(now, out.array(), out.position(), out.remaining());
    if (length == 0) {
      return false;
    }
    out.commit(length);
    return true;
  }

  /// As [#pollTransmit], into an array: for who protects the packet in place before it is
  /// committed.
  ///
  /// @param capacity at least [RtpTransportOptions#maxPacketSize]
  /// @return the length of the packet; 0 when there is none
  public int writeTransmit(long now, byte[] array, int offset, int capacity) {
    if (!connected) {
      return 0;
    }
    if (reportDue || reporter.hasFeedback()) {
      return writeRtcp(now, array, offset, Math.min(capacity, options.maxPacketSize()));
    }
    if (closed) {
      return 0;
    }
    int length = outgoing.write(now, array, offset, capacity);
    mediaBytes += length;
    return length;
  }

  private int writeRtcp(long now, byte[] array, int offset, int capacity) {
    boolean full = reportDue;
    int length =
        reporter.write(
            now,
            full,
            reducedSize,
            answersReferenceTimes,
            senders,
            receivers,
            array,
            offset,
            capacity);
    counters.rtcpSent();
    schedule.packet(length);
    if (full) {
      reportDue = false;
      long passed = Math.max(1, now - mediaBytesSince);
      schedule.sent(now, mediaBytes * 8e9 / passed);
      mediaBytes = 0;
      mediaBytesSince = now;
      timers.set(Timer.REPORT, schedule.next());
    }
    return length;
  }

  @Override
  public @Nullable MediaEvent pollEvent() {
    return events.poll();
  }
}
