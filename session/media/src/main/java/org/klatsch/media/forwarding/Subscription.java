package org.klatsch.media.forwarding;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.klatsch.media.ForwardingFeedback;
import org.klatsch.media.MediaKind;
import org.klatsch.media.Renumbering;
import org.klatsch.media.RtpCodec;
import org.klatsch.media.RtpSender;
import org.klatsch.media.StoredPacket;

/// One publication on its way to one subscriber, in a section of the subscriber's session. Confined
/// to the thread of the transports.
public final class Subscription {
  /// Everything there is.
  public static final int ALL = LayerRates.MAX;

  private final Publication publication;
  private final Subscriber subscriber;
  private final RtpSender sender;
  private final SimulcastForwarder video;
  private final AudioForwarder audio;
  private final LayerChoice choice;
  private final Share share = new Share();
  private int priority = 1;
  private int limit = ALL;
  private boolean shown = true;
  private int planned = SimulcastForwarder.NONE;
  private boolean ended;
  private long packets;

  /// What was asked last for a codec, and the answer.
  private @Nullable RtpCodec asked;

  private @Nullable RtpCodec answer;
  private @Nullable List<RtpCodec> answeredFor;

  Subscription(
      Publication publication,
      Subscriber subscriber,
      RtpSender sender,
      int firstSequence,
      int firstTimestamp) {
    this.publication = publication;
    this.subscriber = subscriber;
    this.sender = sender;
    this.video = new SimulcastForwarder(firstSequence, firstTimestamp);
    this.audio = new AudioForwarder(firstSequence, firstTimestamp);
    this.choice = new LayerChoice(publication.rates());
    sender.forwards(new Feedback());
  }

  public Publication publication() {
    return publication;
  }

  public RtpSender sender() {
    return sender;
  }

  /// Packets handed to the sender so far.
  public long packets() {
    return packets;
  }

  /// The layer that is forwarded, from 0; −1 while none is.
  public int layer() {
    if (video.current() == SimulcastForwarder.NONE) {
      return SimulcastForwarder.NONE;
    }
    return publication.isSimulcast() ? video.current() : Math.max(0, choice.current());
  }

  /// How important it is beside the others of the subscriber: higher layers go to greater numbers
  /// first, such as the one on the stage. 0 stands for not visible: video is not sent then.
  public void priority(int value) {
    if (value < 0) {
      throw new IllegalArgumentException("priority " + value + ", expected >= 0");
    }
    priority = value;
    subscriber.changed();
  }

  int priority() {
    return priority;
  }

  /// The highest layer that is of use, such as for a small picture; [#ALL] at first.
  public void limit(int layer) {
    limit = layer;
    subscriber.changed();
  }

  /// Whether it is among the last N.
  void shown(boolean value) {
    shown = value;
  }

  /// Ends it; the section of the sender may be used for another.
  public void end() {
    if (!ended) {
      ended = true;
      publication.remove(this);
      subscriber.remove(this);
      sender.wantedBitrate(0);
    }
  }

  Share share() {
    return share;
  }

  boolean isVideo() {
    return publication.kind() == MediaKind.VIDEO;
  }

  /// The encoding that is forwarded.
  int encoding() {
    return video.current();
  }

  void renewed(int encoding) {
    video.renewed(encoding);
  }

  /// Takes a packet of the publication.
  void handle(long now, int encoding, int ssrc, StoredPacket packet) {
    subscriber.maybeShare(now);
    if (ended || !sender.isSending()) {
      return;
    }
    if (!isVideo()) {
      RtpCodec as = codec(packet.codec());
      if (audio.accept(now, ssrc, packet, as == null || priority == 0) && as != null) {
        forward(now, packet, as, audio);
      }
      return;
    }
    boolean accepted = video.accept(now, encoding, packet);
    if (accepted) {
      RtpCodec as = codec(packet.codec());
      if (as != null) {
        forward(now, packet, as, video);
      }
    }
    if (encoding == video.wanted() && video.needsKeyFrame()) {
      publication.requestKeyFrame(now, encoding);
    }
  }

  private void forward(long now, StoredPacket packet, RtpCodec as, Renumbering numbers) {
    if (sender.forward(now, packet, as, numbers)) {
      packets++;
      subscriber.wake();
    }
  }

  /// What the subscriber takes a codec as; null when it does not take it.
  private @Nullable RtpCodec codec(RtpCodec from) {
    List<RtpCodec> codecs = sender.parameters().codecs();
    if (!from.equals(asked) || !codecs.equals(answeredFor)) {
      asked = from;
      answeredFor = codecs;
      answer = CodecMatch.find(from, codecs);
    }
    return answer;
  }

  /// Goes over to the layer that was planned.
  void apply(long now) {
    int layer = planned;
    if (publication.isSimulcast() || layer == SimulcastForwarder.NONE) {
      video.select(layer);
      video.selectSpatialLayer(SimulcastForwarder.ALL_LAYERS);
    } else {
      video.select(0);
      video.selectSpatialLayer(
          layer == publication.rates().count() - 1 ? SimulcastForwarder.ALL_LAYERS : layer);
    }
    boolean falling =
        publication.isSimulcast() && video.current() > layer && layer != SimulcastForwarder.NONE;
    // Until the key frame of the lower encoding comes, the higher one takes less.
    video.selectLayer(falling ? 0 : SimulcastForwarder.ALL_LAYERS);
    if (layer != SimulcastForwarder.NONE && video.needsKeyFrame()) {
      publication.requestKeyFrame(now, video.wanted());
    }
    int top = share.limit();
    int best = SimulcastForwarder.NONE;
    for (int i = publication.rates().above(now, best, top);
        i != SimulcastForwarder.NONE;
        i = publication.rates().above(now, i, top)) {
      best = i;
    }
    // A fifth more than it takes, so that there is room to go up to it.
    sender.wantedBitrate(
        best == SimulcastForwarder.NONE ? 0 : publication.rates().rate(now, best) * 6 / 5);
  }

  /// Its part in the bandwidth of the subscriber.
  final class Share implements BandwidthShare.Claim {
    @Override
    public LayerChoice choice() {
      return choice;
    }

    @Override
    public int limit() {
      return priority == 0 || !shown || !sender.isSending() ? SimulcastForwarder.NONE : limit;
    }

    @Override
    public int priority() {
      return priority;
    }

    @Override
    public int planned() {
      return planned;
    }

    @Override
    public void plan(int layer) {
      planned = layer;
    }

    void apply(long now) {
      Subscription.this.apply(now);
    }

    long lastDominant() {
      return publication.publisher().lastDominant;
    }

    void shown(boolean value) {
      Subscription.this.shown(value);
    }
  }

  /// What the subscriber's side tells.
  private final class Feedback implements ForwardingFeedback {
    @Override
    public void keyFrameWanted(long now) {
      publication.requestKeyFrame(now, video.current());
    }

    @Override
    public void dropped(long now, int nextSequence) {
      if (isVideo()) {
        video.restart(nextSequence);
      } else {
        audio.restart(nextSequence);
      }
    }
  }
}
