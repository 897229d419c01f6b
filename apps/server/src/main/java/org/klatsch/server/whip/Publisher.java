package org.klatsch.server.whip;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.klatsch.media.MediaEvent;
import org.klatsch.media.RtpCodec;
import org.klatsch.media.RtpReceiver;
import org.klatsch.peer.jsep.JsepException;
import org.klatsch.peer.jsep.Transceiver;
import org.klatsch.sdp.DirectionAttribute;
import org.klatsch.server.media.Leg;
import org.klatsch.server.media.LegRefusedException;
import org.klatsch.server.media.PublishedTrack;

/// Whoever sends a stream, RFC 9725.
final class Publisher extends StreamSession {
  private final List<PublishedTrack> tracks = new ArrayList<>();

  Publisher(String id, LiveStream stream) {
    super(id, stream);
  }

  /// Receives each medium with one codec, the first of the offer's, as every player gets the same.
  @Override
  public void offered(Leg leg) throws LegRefusedException {
    boolean receives = false;
    for (Transceiver each : leg.jsep().transceivers()) {
      boolean sent = each.remote().direction().receives();
      each.direction(sent ? DirectionAttribute.RECVONLY : DirectionAttribute.INACTIVE);
      receives |= sent;
    }
    if (!receives) {
      throw new LegRefusedException("the offer sends nothing: expected a=sendonly");
    }
    try {
      Map<String, RtpCodec> codecs = AgreedCodecs.first(leg.jsep().createAnswer());
      for (Transceiver each : leg.jsep().transceivers()) {
        RtpCodec codec = codecs.get(String.valueOf(each.mid()));
        if (codec != null) {
          each.codecPreferences(AgreedCodecs.only(codec));
        } else if (each.remote().direction().receives()) {
          throw new LegRefusedException("the offer has no " + each.kind() + " codec known here");
        }
      }
    } catch (JsepException e) {
      throw new LegRefusedException(String.valueOf(e.getMessage()));
    }
  }

  @Override
  public void negotiated(Leg leg) {
    super.negotiated(leg);
    for (Transceiver each : leg.jsep().transceivers()) {
      RtpReceiver receiver = leg.receiver(String.valueOf(each.mid()));
      if (receiver != null
          && each.direction().receives()
          && !receiver.parameters().codecs().isEmpty()
          && tracks.stream().noneMatch(track -> track.isOf(receiver))) {
        tracks.add(new PublishedTrack(leg, receiver, receiver.parameters().codecs().getFirst()));
      }
    }
    stream().published(this, tracks);
  }

  @Override
  public void media(Leg leg, MediaEvent event) {
    if (event instanceof MediaEvent.FrameReceived received) {
      for (int i = 0; i < tracks.size(); i++) {
        PublishedTrack track = tracks.get(i);
        if (track.isOf(received.receiver())) {
          track.frame(received.frame());
        }
      }
    }
  }
}
