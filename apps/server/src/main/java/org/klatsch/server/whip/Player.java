package org.klatsch.server.whip;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.klatsch.media.MediaEvent;
import org.klatsch.media.RtpSender;
import org.klatsch.peer.jsep.Transceiver;
import org.klatsch.sdp.DirectionAttribute;
import org.klatsch.server.media.Leg;
import org.klatsch.server.media.LegRefusedException;
import org.klatsch.server.media.LegState;
import org.klatsch.server.media.PublishedTrack;
import org.klatsch.server.media.Subscription;

/// Whoever gets a stream, draft-ietf-wish-whep.
final class Player extends StreamSession {
  private final Map<String, Subscription> subscriptions = new HashMap<>();
  private List<PublishedTrack> tracks;

  Player(String id, LiveStream stream, List<PublishedTrack> tracks) {
    super(id, stream);
    this.tracks = tracks;
  }

  @Override
  public void offered(Leg leg) throws LegRefusedException {
    List<PublishedTrack> left = new ArrayList<>(tracks);
    boolean sends = false;
    for (Transceiver each : List.copyOf(leg.jsep().transceivers())) {
      PublishedTrack track = each.remote().direction().sends() ? take(left, each) : null;
      if (each.hasTrack()) {
        sends = true;
      } else if (track == null) {
        each.direction(DirectionAttribute.INACTIVE);
      } else {
        // The first of its kind without a track takes it, which is this one.
        Transceiver taken =
            leg.jsep().addTrack(track.kind(), track.kind().toString(), List.of(stream().name()));
        taken.direction(DirectionAttribute.SENDONLY);
        taken.codecPreferences(AgreedCodecs.only(track.codec()));
        sends = true;
      }
    }
    if (!sends) {
      throw new LegRefusedException(
          "the offer receives nothing of this stream: expected a=recvonly for "
              + tracks.stream().map(track -> track.kind().toString()).toList());
    }
  }

  private static @Nullable PublishedTrack take(List<PublishedTrack> left, Transceiver transceiver) {
    for (PublishedTrack track : left) {
      if (track.kind() == transceiver.kind()) {
        left.remove(track);
        return track;
      }
    }
    return null;
  }

  @Override
  public void negotiated(Leg leg) {
    super.negotiated(leg);
    subscribe(leg);
  }

  /// Another publisher of the same stream has come; players stay.
  void republished(List<PublishedTrack> others) {
    leg()
        .execute(() -> {
          subscriptions.values().forEach(Subscription::close);
          subscriptions.clear();
          tracks = List.copyOf(others);
          subscribe(leg());
          if (!subscriptions.values().stream().allMatch(this::fits)) {
            // Only a new session can agree on another codec.
            leg().close();
          }
        });
  }

  private boolean fits(Subscription subscription) {
    RtpSender sender = leg().sender(subscription.mid());
    String codec = subscription.track().codec().name();
    return sender != null && sender.parameters().codecs().stream().anyMatch(each -> each.is(codec));
  }

  private void subscribe(Leg leg) {
    List<PublishedTrack> left = new ArrayList<>(tracks);
    for (Transceiver each : leg.jsep().transceivers()) {
      String mid = String.valueOf(each.mid());
      PublishedTrack track = each.direction().sends() ? take(left, each) : null;
      if (track != null && leg.sender(mid) != null && !subscriptions.containsKey(mid)) {
        Subscription subscription = track.subscribe(leg, mid);
        subscriptions.put(mid, subscription);
        if (leg.state() == LegState.CONNECTED) {
          subscription.requestKeyFrame();
        }
      }
    }
  }

  @Override
  public void stateChanged(Leg leg, LegState state) {
    if (state == LegState.CONNECTED) {
      subscriptions.values().forEach(Subscription::requestKeyFrame);
    } else if (state.isEnd()) {
      subscriptions.values().forEach(Subscription::close);
    }
    super.stateChanged(leg, state);
  }

  @Override
  public void media(Leg leg, MediaEvent event) {
    if (event instanceof MediaEvent.KeyFrameRequested request) {
      for (Subscription each : subscriptions.values()) {
        if (leg.sender(each.mid()) == request.sender()) {
          each.requestKeyFrame();
        }
      }
    }
  }
}
