package org.klatsch.server.rooms;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.klatsch.media.MediaEvent;
import org.klatsch.media.MediaKind;
import org.klatsch.media.RtpCodec;
import org.klatsch.media.RtpReceiver;
import org.klatsch.media.RtpSender;
import org.klatsch.media.forwarding.ForwardingUnit;
import org.klatsch.media.forwarding.Publication;
import org.klatsch.media.forwarding.Publisher;
import org.klatsch.media.forwarding.Subscriber;
import org.klatsch.media.forwarding.Subscription;
import org.klatsch.net.EventLoop;
import org.klatsch.peer.SessionMedia;
import org.klatsch.peer.jsep.Transceiver;
import org.klatsch.peer.jsep.TransceiverInit;
import org.klatsch.sdp.DirectionAttribute;
import org.klatsch.server.media.Leg;
import org.klatsch.server.media.LegListener;
import org.klatsch.server.media.LegState;
import org.klatsch.server.media.MediaServer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The media of one room through the server: a connection with each member that can have it, over
/// which the member sends everything once and gets what the others send, §10. All on one event
/// loop; its methods may be called by any thread and return at once.
///
/// The member offers once, what it may send; each further offer is the server's, for what others
/// send or send no longer.
final class ForwardedRoom {
  private static final Logger LOG = LoggerFactory.getLogger(ForwardedRoom.class);

  /// What all browsers send and receive. One codec for all, as nothing is decoded here.
  private static final List<String> CODECS = List.of("opus", "red", "vp8");

  /// What a picture of a screen is worth beside those of people.
  private static final int SCREEN_PRIORITY = 2;

  /// Hears what members are to be told, on the event loop.
  interface Outlet {
    /// @param kept whether a member that is away gets it later
    void tell(String member, ObjectNode message, boolean kept);
  }

  private final MediaServer server;
  private final EventLoop loop;
  private final Outlet outlet;
  private final ForwardingUnit unit;
  private final Map<String, Seat> seats = new LinkedHashMap<>();
  private boolean closed;

  ForwardedRoom(MediaServer server, Outlet outlet) {
    this.server = server;
    this.loop = server.nextLoop();
    this.outlet = outlet;
    this.unit = new ForwardingUnit(new SecureRandom(), this::speakerChanged);
  }

  /// A member came.
  ///
  /// @param publishes whether it may send
  /// @param subscribes whether it may receive
  void join(String member, boolean publishes, boolean subscribes) {
    onLoop(() -> {
      Seat seat = new Seat(member, publishes, subscribes);
      seats.put(member, seat);
      seat.invite();
    });
  }

  /// A member left.
  void leave(String member) {
    onLoop(() -> {
      Seat seat = seats.remove(member);
      if (seat != null) {
        seat.end();
      }
    });
  }

  /// A member said something about its connection.
  void receive(String member, ClientMessage.Media message) {
    onLoop(() -> {
      Seat seat = seats.get(member);
      if (seat != null && seat.connection == message.connection()) {
        seat.receive(message);
      }
    });
  }

  /// Ends all connections.
  void close() {
    onLoop(() -> {
      closed = true;
      for (Seat seat : List.copyOf(seats.values())) {
        seat.end();
      }
      seats.clear();
    });
  }

  private void onLoop(Runnable task) {
    try {
      loop.execute(() -> {
        if (!closed) {
          task.run();
        }
      });
    } catch (RejectedExecutionException e) {
      LOG.debug("the server has ended", e);
    }
  }

  private void speakerChanged(@Nullable Publisher speaker) {
    String found = null;
    for (Seat seat : seats.values()) {
      if (seat.publisher == speaker && speaker != null) {
        found = seat.member;
      }
    }
    for (Seat seat : seats.values()) {
      outlet.tell(seat.member, ServerMessages.speaker(found), false);
    }
  }

  private static List<RtpCodec> codecs(List<RtpCodec> all) {
    List<RtpCodec> chosen = new ArrayList<>();
    for (RtpCodec codec : all) {
      if (CODECS.contains(codec.name())) {
        chosen.add(codec);
        for (RtpCodec rtx : all) {
          if (rtx.is("rtx") && rtx.associatedPayloadType() == codec.payloadType()) {
            chosen.add(rtx);
          }
        }
      }
    }
    return chosen;
  }

  private List<RtpCodec> codecs(MediaKind kind) {
    return codecs(
        kind == MediaKind.AUDIO
            ? server.options().capabilities().audio()
            : server.options().capabilities().video());
  }

  /// What one member sends of one source.
  private record Upload(Seat from, String source, RtpReceiver receiver, Publication publication) {}

  /// An upload on its way to a member.
  private static final class Download {
    final Transceiver transceiver;
    @Nullable Subscription subscription;

    Download(Transceiver transceiver) {
      this.transceiver = transceiver;
    }
  }

  /// One member. Confined to the loop.
  private final class Seat implements LegListener {
    final String member;
    private final boolean publishes;
    private final boolean subscribes;
    int connection;
    @Nullable Leg leg;
    @Nullable Publisher publisher;
    @Nullable Subscriber subscriber;
    private Map<String, String> announced = Map.of();
    private final List<Upload> uploads = new ArrayList<>();
    private final Map<Upload, Download> downloads = new LinkedHashMap<>();

    /// Uploads of which packets came.
    private final List<Upload> live = new ArrayList<>();

    /// Whether our offer waits for its answer, and whether another is to follow it.
    private boolean offering;

    private boolean changed;

    Seat(String member, boolean publishes, boolean subscribes) {
      this.member = member;
      this.publishes = publishes;
      this.subscribes = subscribes;
    }

    /// Has the member make a new connection.
    void invite() {
      connection++;
      outlet.tell(member, ServerMessages.mediaBegins(connection), true);
    }

    void receive(ClientMessage.Media message) {
      Leg current = leg;
      if (message.type() == null) {
        restart();
      } else if (message.type().equals("offer") && current == null) {
        begin(message);
      } else if (message.type().equals("answer") && current != null && offering) {
        int of = connection;
        var _ =
            current
                .accept(message.sdp())
                .whenComplete((_, error) -> {
                  if (of != connection || leg != current) {
                    return;
                  }
                  if (error != null) {
                    LOG.info("A member's answer cannot be taken: {}", error.getMessage());
                    restart();
                    return;
                  }
                  offering = false;
                  subscribe(current);
                  if (changed) {
                    offer();
                  }
                });
      }
    }

    private void begin(ClientMessage.Media message) {
      announced = message.uploads();
      Leg made;
      try {
        made = server.leg(loop, this);
      } catch (IllegalStateException e) {
        LOG.warn("No media connection for a member: {}", e.getMessage());
        return;
      }
      leg = made;
      int of = connection;
      var _ =
          made.answer(message.sdp())
              .whenComplete((sdp, error) -> {
                if (of != connection || leg != made) {
                  return;
                }
                if (error != null) {
                  LOG.info("A member's offer cannot be taken: {}", error.getMessage());
                  dismantle();
                  return;
                }
                outlet.tell(member, ServerMessages.mediaDescription(of, "answer", sdp), true);
                ready(made);
              });
    }

    @Override
    public void offered(Leg of) {
      for (Transceiver each : of.jsep().transceivers()) {
        each.codecPreferences(codecs(each.kind()));
      }
    }

    /// The first exchange is complete.
    private void ready(Leg made) {
      SessionMedia media = made.session().media();
      if (media == null) {
        return;
      }
      Publisher publishing = unit.publisher(made::requestTurn);
      publisher = publishing;
      subscriber = unit.subscriber(media.transport(), made::requestTurn);
      announced.forEach((mid, source) -> {
        RtpReceiver receiver = media.receiver(mid);
        boolean audio = source.equals("mic");
        if (publishes
            && receiver != null
            && (receiver.parameters().kind() == MediaKind.AUDIO) == audio
            && !receiver.parameters().codecs().isEmpty()) {
          uploads.add(new Upload(this, source, receiver, publishing.publish(receiver)));
        }
      });
      for (Seat other : seats.values()) {
        if (other != this) {
          other.live.forEach(this::add);
        }
      }
    }

    @Override
    public void media(Leg of, MediaEvent event) {
      if (!(event instanceof MediaEvent.StreamStarted started)) {
        return;
      }
      for (Upload upload : uploads) {
        if (upload.receiver() == started.receiver() && !live.contains(upload)) {
          live.add(upload);
          for (Seat other : seats.values()) {
            if (other != this) {
              other.add(upload);
            }
          }
        }
      }
    }

    /// Sends what another sends.
    private void add(Upload upload) {
      Leg current = leg;
      if (!subscribes || current == null || subscriber == null || downloads.containsKey(upload)) {
        return;
      }
      MediaKind kind = upload.publication().kind();
      Transceiver made =
          current
              .jsep()
              .addTransceiver(
                  kind,
                  TransceiverInit.of(DirectionAttribute.SENDONLY)
                      .withTrack(
                          upload.from().member + "-" + upload.source(),
                          List.of(upload.from().member)));
      made.codecPreferences(codecs(kind));
      downloads.put(upload, new Download(made));
      offer();
    }

    /// Another sends no longer.
    private void remove(Seat other) {
      Leg current = leg;
      boolean any = false;
      for (Upload upload : List.copyOf(downloads.keySet())) {
        if (upload.from() == other) {
          Download download = downloads.remove(upload);
          if (current != null && download != null) {
            current.jsep().stop(download.transceiver);
            any = true;
          }
        }
      }
      if (any) {
        offer();
      }
    }

    private void offer() {
      Leg current = leg;
      changed = true;
      if (current == null || offering) {
        return;
      }
      changed = false;
      offering = true;
      int of = connection;
      var _ =
          current
              .offer()
              .whenComplete((sdp, error) -> {
                if (of != connection || leg != current) {
                  return;
                }
                if (error != null) {
                  LOG.warn("No offer for a member", error);
                  restart();
                  return;
                }
                ObjectNode message = ServerMessages.mediaDescription(of, "offer", sdp);
                ArrayNode streams = message.putArray("streams");
                downloads.forEach((upload, download) -> {
                  String mid = download.transceiver.mid();
                  if (mid != null) {
                    streams
                        .addObject()
                        .put("mid", mid)
                        .put("member", upload.from().member)
                        .put("source", upload.source());
                  }
                });
                outlet.tell(member, message, true);
              });
    }

    /// An exchange is complete: what is new begins to flow.
    private void subscribe(Leg current) {
      Subscriber to = subscriber;
      if (to == null) {
        return;
      }
      downloads.forEach((upload, download) -> {
        String mid = download.transceiver.mid();
        RtpSender sender = mid == null ? null : current.sender(mid);
        if (sender != null && download.subscription == null) {
          Subscription made = to.subscribe(upload.publication(), sender);
          made.priority(upload.source().equals("screen") ? SCREEN_PRIORITY : 1);
          download.subscription = made;
        }
      });
    }

    @Override
    public void stateChanged(Leg of, LegState state) {
      if (state.isEnd() && leg == of) {
        restart();
      }
    }

    /// The connection is of no use any more.
    private void restart() {
      dismantle();
      if (seats.get(member) == this) {
        invite();
      }
    }

    private void dismantle() {
      Leg current = leg;
      leg = null;
      offering = false;
      changed = false;
      for (Seat other : seats.values()) {
        if (other != this) {
          other.remove(this);
        }
      }
      Publisher publishing = publisher;
      Subscriber subscribing = subscriber;
      publisher = null;
      subscriber = null;
      uploads.clear();
      live.clear();
      downloads.clear();
      if (publishing != null) {
        unit.remove(publishing);
      }
      if (subscribing != null) {
        unit.remove(subscribing);
      }
      if (current != null) {
        current.close();
      }
    }

    /// The member left.
    void end() {
      dismantle();
    }
  }
}
