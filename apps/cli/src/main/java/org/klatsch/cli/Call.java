package org.klatsch.cli;

import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.klatsch.rooms.MediaSource;
import org.klatsch.rooms.RoomListener;
import org.klatsch.rooms.RoomMember;
import org.klatsch.webrtc.AudioPlayer;
import org.klatsch.webrtc.DOMException;
import org.klatsch.webrtc.MediaStreamTrack;
import org.klatsch.webrtc.RTCDTMFSender;
import org.klatsch.webrtc.RTCRtpSender;
import org.klatsch.webrtc.RTCTrackEvent;
import tools.jackson.databind.node.ObjectNode;

/// What happens in a call: what is sent to the members, recorded of them and told to the user.
final class Call implements RoomListener, AutoCloseable {
  /// The other may still be working on the description when we may send already; what it does not
  /// expect yet, it drops.
  private static final long BEFORE_DIGITS_MILLIS = 1_000;

  private static final long QUALITY_SECONDS = 1;

  /// People read more slowly than programs.
  private static final int QUALITY_FOR_PEOPLE = 10;

  private final Terminal terminal;
  private final boolean json;
  private final List<CallFeed> feeds;
  private final @Nullable CallRecorder recorder;
  private final @Nullable AudioPlayer speaker;
  private final String digits;
  private final int columns;
  private final Map<String, RoomMember> connected = new ConcurrentHashMap<>();
  private final Map<String, RTCDTMFSender> keys = new ConcurrentHashMap<>();
  private final Set<String> dialled = ConcurrentHashMap.newKeySet();
  private final Map<String, CallQuality> readings = new ConcurrentHashMap<>();
  private final CompletableFuture<CommandException> failure = new CompletableFuture<>();
  private final CompletableFuture<Void> joined = new CompletableFuture<>();
  private final ScheduledExecutorService quality =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("klatsch-quality").factory());
  private int rounds;

  /// @param speaker to hear the others with; closed with the call
  /// @param digits to be sent to each member once, perhaps none
  /// @param columns of the terminal
  Call(
      Terminal terminal,
      boolean json,
      List<CallFeed> feeds,
      @Nullable CallRecorder recorder,
      @Nullable AudioPlayer speaker,
      String digits,
      int columns) {
    this.terminal = terminal;
    this.json = json;
    this.feeds = List.copyOf(feeds);
    this.recorder = recorder;
    this.speaker = speaker;
    this.digits = digits;
    this.columns = columns;
    var _ =
        quality.scheduleWithFixedDelay(
            this::showQuality, QUALITY_SECONDS, QUALITY_SECONDS, TimeUnit.SECONDS);
  }

  /// Completes when the call cannot go on.
  CompletableFuture<CommandException> failure() {
    return failure;
  }

  /// Completes when the room was joined.
  CompletableFuture<Void> joined() {
    return joined;
  }

  /// Sends DTMF to all who hear us.
  void press(String tones) {
    keys.values().forEach(sender -> press(sender, tones));
  }

  private static void press(RTCDTMFSender sender, String tones) {
    try {
      sender.insertDTMF(sender.toneBuffer() + tones);
    } catch (DOMException e) {
      // The member holds or left a moment ago.
      org.slf4j.LoggerFactory.getLogger(Call.class).debug("no digits", e);
    }
  }

  @Override
  public void joined(String self, String place, int members) {
    tell(
        Terminal.event("joined").put("room", place).put("id", self).put("members", members),
        "in room " + place + " with " + members + (members == 1 ? " other" : " others"));
    joined.complete(null);
  }

  @Override
  public void memberJoined(RoomMember member) {
    tell(about("member-joined", member), member.name() + " is here");
    send(member);
  }

  private void send(RoomMember member) {
    for (CallFeed feed : feeds) {
      feed.trackFor(member.id()).ifPresent(track -> member.send(feed.source(), track));
    }
  }

  @Override
  public void memberReady(RoomMember member) {
    connected.put(member.id(), member);
    tell(about("connected", member).put("path", member.path()), member.name() + " is connected");
  }

  @Override
  public void memberLost(RoomMember member, String reason, String message) {
    connected.remove(member.id());
    keys.remove(member.id());
    tell(about("disconnected", member).put("reason", reason), member.name() + " is lost");
  }

  @Override
  public void memberLeft(RoomMember member, String reason) {
    connected.remove(member.id());
    keys.remove(member.id());
    feeds.forEach(feed -> feed.left(member.id()));
    readings.remove(member.id());
    tell(about("member-left", member).put("reason", reason), member.name() + " has left");
  }

  @Override
  public void trackReceived(RoomMember member, RTCTrackEvent event) {
    MediaStreamTrack track = event.track();
    if (track.kind().equals("audio")) {
      event
          .receiver()
          .onToneReceived(tone ->
              tell(
                  about("dtmf", member).put("digit", tone.tone()),
                  member.name() + " pressed " + tone.tone()));
    }
    if (speaker != null && track.kind().equals("audio")) {
      speaker.add(track);
    }
    feeds.forEach(feed -> feed.received(member.id(), track));
    // An echo has something to send only now.
    send(member);
    if (recorder != null) {
      try {
        Tape tape = recorder.record(member, track);
        tell(
            about("recording", member)
                .put("kind", track.kind())
                .put("file", tape.file().toString()),
            "recording " + member.name() + " to " + tape.file());
      } catch (UncheckedIOException e) {
        failure.complete(CommandException.failed("cannot record: " + e.getCause()));
      } catch (IllegalStateException | DOMException e) {
        // The call, or the track, has just ended.
      }
    }
  }

  @Override
  public void trackSent(RoomMember member, MediaSource source, RTCRtpSender sender) {
    feeds.stream().filter(feed -> feed.source() == source).forEach(CallFeed::sent);
    tell(about("sending", member).put("source", source.toString()), null);
    RTCDTMFSender dtmf = sender.dtmf();
    if (dtmf == null) {
      return;
    }
    keys.put(member.id(), dtmf);
    if (!digits.isEmpty() && dialled.add(member.id())) {
      CompletableFuture.delayedExecutor(BEFORE_DIGITS_MILLIS, TimeUnit.MILLISECONDS)
          .execute(() -> press(dtmf, digits));
    }
  }

  @Override
  public void serverLost() {
    tell(Terminal.event("server-lost"), "the server is away; trying again");
  }

  @Override
  public void failed(String code, String message) {
    failure.complete(new CommandException(ExitCode.FAILED, code, message));
  }

  private void showQuality() {
    rounds++;
    boolean moving = !json && terminal.interactive();
    if (!json && !moving && rounds % QUALITY_FOR_PEOPLE != 0) {
      return;
    }
    List<String> lines = new ArrayList<>();
    for (RoomMember member : connected.values()) {
      try {
        CallQuality.Reading reading =
            readings
                .computeIfAbsent(member.id(), _ -> new CallQuality())
                .read(member.stats().orTimeout(QUALITY_SECONDS, TimeUnit.SECONDS).join());
        if (reading.isEmpty()) {
          continue;
        }
        if (json) {
          ObjectNode event = about("quality", member);
          reading.describe(event);
          tell(event, null);
        } else {
          lines.add(Terminal.harmless(member.name()) + "  " + reading.line());
        }
      } catch (CompletionException e) {
        // Its connection has just ended.
      }
    }
    if (moving) {
      terminal.status(lines, columns);
    } else {
      lines.forEach(terminal::notice);
    }
  }

  private static ObjectNode about(String event, RoomMember member) {
    return Terminal.event(event).put("from", member.name()).put("id", member.id());
  }

  /// @param text null if of no interest to people
  private void tell(ObjectNode event, @Nullable String text) {
    if (json) {
      terminal.result(true, event, null);
    } else if (text != null) {
      terminal.notice(Terminal.harmless(text));
    }
  }

  @Override
  public void close() {
    quality.shutdownNow();
    terminal.status(List.of(), columns);
    feeds.forEach(CallFeed::close);
    if (speaker != null) {
      speaker.close();
    }
  }
}
