package org.klatsch.media.forwarding;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.klatsch.media.MediaKind;
import org.klatsch.media.PacketStore;
import org.klatsch.media.PacketTap;
import org.klatsch.media.RtpCodec;
import org.klatsch.media.RtpReceiver;
import org.klatsch.media.StoredPacket;
import org.klatsch.rtp.HeaderExtensions;
import org.klatsch.rtp.MalformedRtpException;
import org.klatsch.rtp.RtpPacket;

/// What one section of a publisher brings, with all its encodings, for everybody who subscribes to
/// it: each packet is kept once and measured once. Confined to the thread of the transports.
public final class Publication {
  /// Packets of an encoding kept, a power of two: two seconds at 2.5 Mbit/s.
  private static final int VIDEO_PACKETS = 512;

  /// Audio only waits for a socket.
  private static final int AUDIO_PACKETS = 64;

  private final Publisher publisher;
  private final RtpReceiver receiver;
  private final MediaKind kind;
  private final List<Encoding> encodings = new ArrayList<>();
  private final List<Subscription> subscriptions = new ArrayList<>();
  private final LayerRates rates = new LayerRates();
  private boolean ended;
  private long packets;
  private long keyFrameRequests;

  /// One encoding of a simulcast, or the only one.
  private static final class Encoding {
    final @Nullable String rid;
    final PacketStore store;
    int ssrc;

    /// What the sender's wall clock showed at an RTP timestamp, once it told.
    boolean timed;

    long ntpTime;
    int rtpTimestamp;

    Encoding(@Nullable String rid, int ssrc, int capacity) {
      this.rid = rid;
      this.ssrc = ssrc;
      this.store = new PacketStore(capacity);
    }
  }

  Publication(Publisher publisher, RtpReceiver receiver) {
    this.publisher = publisher;
    this.receiver = receiver;
    this.kind = receiver.parameters().kind();
  }

  public Publisher publisher() {
    return publisher;
  }

  public MediaKind kind() {
    return kind;
  }

  /// Packets taken so far.
  public long packets() {
    return packets;
  }

  /// How often a key frame was asked for by those who get it.
  public long keyFrameRequests() {
    return keyFrameRequests;
  }

  public List<Subscription> subscriptions() {
    return List.copyOf(subscriptions);
  }

  /// Ends it, and with it all subscriptions.
  public void end() {
    ended = true;
    publisher.remove(this);
    for (Subscription subscription : List.copyOf(subscriptions)) {
      subscription.end();
    }
  }

  LayerRates rates() {
    return rates;
  }

  /// Whether the layers are encodings of their own rather than layers of one.
  boolean isSimulcast() {
    return encodings.size() > 1;
  }

  void add(Subscription subscription) {
    subscriptions.add(subscription);
  }

  void remove(Subscription subscription) {
    subscriptions.remove(subscription);
  }

  /// What the receiver's transport calls.
  PacketTap tap() {
    return tap;
  }

  private final PacketTap tap =
      new PacketTap() {
        @Override
        public void packet(
            long now,
            int ssrc,
            @Nullable String rid,
            RtpCodec codec,
            boolean keyFrame,
            RtpPacket packet,
            HeaderExtensions extensions)
            throws MalformedRtpException {
          handle(now, ssrc, rid, codec, keyFrame, packet, extensions);
        }

        @Override
        public void report(long now, int ssrc, long ntpTime, int rtpTimestamp) {
          handleReport(now, ssrc, ntpTime, rtpTimestamp);
        }

        @Override
        public void gaveUp(long now, int ssrc) {
          handleGap(now, ssrc);
        }
      };

  private void handle(
      long now,
      int ssrc,
      @Nullable String rid,
      RtpCodec codec,
      boolean keyFrame,
      RtpPacket packet,
      HeaderExtensions extensions)
      throws MalformedRtpException {
    int index = index(ssrc, rid);
    if (ended || index < 0) {
      return;
    }
    packets++;
    Encoding encoding = encodings.get(index);
    StoredPacket stored = encoding.store.add(packet, codec, extensions.ids(), keyFrame);
    stored.captureTime(captureTime(now, encoding, stored));
    if (kind == MediaKind.AUDIO) {
      int level = extensions.audioLevel();
      if (level >= 0) {
        publisher.speech.note(now, level);
        publisher.unit().heard(now);
      }
    } else {
      int layer = isSimulcast() ? index : Math.min(stored.spatialLayer(), LayerRates.MAX - 1);
      rates.note(now, layer, stored.length());
    }
    for (int i = 0; i < subscriptions.size(); i++) {
      subscriptions.get(i).handle(now, index, ssrc, stored);
    }
  }

  private long captureTime(long now, Encoding encoding, StoredPacket packet) {
    if (!encoding.timed) {
      return now;
    }
    int ticks = packet.timestamp() - encoding.rtpTimestamp;
    return publisher.clock.localTime(encoding.ntpTime)
        + ticks * 1_000_000_000L / packet.codec().clockRateHz();
  }

  /// The place of an encoding among the others: as the section announced them, else as they come.
  private int index(int ssrc, @Nullable String rid) {
    for (int i = 0; i < encodings.size(); i++) {
      Encoding each = encodings.get(i);
      if (each.ssrc == ssrc && ssrc != 0) {
        return i;
      }
    }
    if (encodings.isEmpty()) {
      announce();
    }
    for (int i = 0; i < encodings.size(); i++) {
      Encoding each = encodings.get(i);
      if (rid == null ? each.rid == null && encodings.size() == 1 : rid.equals(each.rid)) {
        each.ssrc = ssrc;
        each.timed = false;
        for (int k = 0; k < subscriptions.size(); k++) {
          subscriptions.get(k).renewed(i);
        }
        return i;
      }
    }
    if (encodings.size() == LayerRates.MAX || rid == null && !encodings.isEmpty()) {
      return -1;
    }
    encodings.add(new Encoding(rid, ssrc, capacity()));
    rates.adds(encodings.size() == 1);
    return encodings.size() - 1;
  }

  private void announce() {
    receiver
        .parameters()
        .encodings()
        .forEach(each -> {
          if (each.rid() != null && encodings.size() < LayerRates.MAX) {
            encodings.add(new Encoding(each.rid(), 0, capacity()));
          }
        });
    rates.adds(encodings.size() < 2);
  }

  private int capacity() {
    return kind == MediaKind.VIDEO ? VIDEO_PACKETS : AUDIO_PACKETS;
  }

  private void handleReport(long now, int ssrc, long ntpTime, int rtpTimestamp) {
    publisher.clock.note(now, ntpTime);
    for (int i = 0; i < encodings.size(); i++) {
      Encoding each = encodings.get(i);
      if (each.ssrc == ssrc) {
        each.timed = true;
        each.ntpTime = ntpTime;
        each.rtpTimestamp = rtpTimestamp;
      }
    }
  }

  private void handleGap(long now, int ssrc) {
    for (int i = 0; i < encodings.size(); i++) {
      if (encodings.get(i).ssrc == ssrc) {
        for (int k = 0; k < subscriptions.size(); k++) {
          if (subscriptions.get(k).encoding() == i) {
            requestKeyFrame(now, i);
            return;
          }
        }
      }
    }
  }

  /// Asks the publisher for a key frame, for all who need one.
  void requestKeyFrame(long now, int encoding) {
    if (encoding >= 0 && encoding < encodings.size() && encodings.get(encoding).ssrc != 0) {
      keyFrameRequests++;
      receiver.requestKeyFrame(now, encodings.get(encoding).ssrc);
      publisher.wake.run();
    }
  }
}
