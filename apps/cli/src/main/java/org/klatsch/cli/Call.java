package org.klatsch.cli;

import java.io.UncheckedIOException;
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
import org.klatsch.webrtc.DOMException;
import org.klatsch.webrtc.MediaStreamTrack;
import org.klatsch.webrtc.RTCDTMFSender;
import org.klatsch.webrtc.RTCInboundRtpStreamStats;
import org.klatsch.webrtc.RTCRemoteInboundRtpStreamStats;
import org.klatsch.webrtc.RTCRtpSender;
import org.klatsch.webrtc.RTCStatsReport;
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
  private final CallSound sound;
  private final @Nullable CallRecorder recorder;
  private final String digits;
  private final Map<String, RoomMember> connected = new ConcurrentHashMap<>();
  private final Map<String, RTCDTMFSender> keys = new ConcurrentHashMap<>();
  private final Set<String> dialled = ConcurrentHashMap.newKeySet();
  private final CompletableFuture<CommandException> failure = new CompletableFuture<>();
  private final CompletableFuture<Void> joined = new CompletableFuture<>();
  private final ScheduledExecutorService quality =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("klatsch-quality").factory());
  private int rounds;

  /// @param digits to be sent to each member once, perhaps none
  Call(
      Terminal terminal,
      boolean json,
      CallSound sound,
      @Nullable CallRecorder recorder,
      String digits) {
    this.terminal = terminal;
    this.json = json;
    this.sound = sound;
    this.recorder = recorder;
    this.digits = digits;
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
        "in room " + place + " with " + members + " others");
    joined.complete(null);
  }

  @Override
  public void memberJoined(RoomMember member) {
    tell(about("member-joined", member), member.name() + " is here");
    sound.trackFor(member.id()).ifPresent(track -> member.send(MediaSource.MIC, track));
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
    sound.left(member.id());
    tell(about("member-left", member).put("reason", reason), member.name() + " has left");
  }

  @Override
  public void trackReceived(RoomMember member, RTCTrackEvent event) {
    MediaStreamTrack track = event.track();
    if (!track.kind().equals("audio")) {
      return;
    }
    event
        .receiver()
        .onToneReceived(tone ->
            tell(
                about("dtmf", member).put("digit", tone.tone()),
                member.name() + " pressed " + tone.tone()));
    sound.heard(member.id(), track);
    if (recorder != null) {
      try {
        CallRecorder.Tape tape = recorder.record(member, track);
        tell(
            about("recording", member).put("file", tape.file().toString()),
            "recording " + member.name() + " to " + tape.file());
      } catch (UncheckedIOException e) {
        failure.complete(CommandException.failed("cannot record: " + e.getCause()));
      } catch (IllegalStateException e) {
        // The call has just ended.
      }
    }
  }

  @Override
  public void trackSent(RoomMember member, MediaSource source, RTCRtpSender sender) {
    sound.sent();
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
    if (json || rounds % QUALITY_FOR_PEOPLE == 0) {
      for (RoomMember member : connected.values()) {
        try {
          showQuality(member, member.stats().orTimeout(QUALITY_SECONDS, TimeUnit.SECONDS).join());
        } catch (CompletionException e) {
          // Its connection has just ended.
        }
      }
    }
  }

  private void showQuality(RoomMember member, RTCStatsReport stats) {
    RTCInboundRtpStreamStats inbound =
        stats.stream(RTCInboundRtpStreamStats.class)
            .filter(each -> "audio".equals(each.kind()))
            .findFirst()
            .orElse(null);
    RTCRemoteInboundRtpStreamStats outbound =
        stats.stream(RTCRemoteInboundRtpStreamStats.class)
            .filter(each -> "audio".equals(each.kind()))
            .findFirst()
            .orElse(null);
    if (inbound == null && outbound == null) {
      return;
    }
    ObjectNode event = about("quality", member);
    if (inbound != null) {
      event
          .put("packetsReceived", inbound.packetsReceived())
          .put("packetsLost", inbound.packetsLost())
          .put("jitterMs", milliseconds(inbound.jitter()))
          .put("concealedSamples", inbound.concealedSamples())
          .put("level", inbound.audioLevel());
    }
    if (outbound != null) {
      event
          .put("roundTripMs", milliseconds(outbound.roundTripTime()))
          .put("fractionLostThere", outbound.fractionLost());
    }
    tell(
        event,
        "%s: %s packets, %s lost, round trip %s ms"
            .formatted(
                member.name(),
                event.path("packetsReceived").asString("0"),
                event.path("packetsLost").asString("0"),
                event.path("roundTripMs").asString("?")));
  }

  private static @Nullable Double milliseconds(@Nullable Double seconds) {
    return seconds == null ? null : Math.round(seconds * 10_000) / 10.0;
  }

  private static ObjectNode about(String event, RoomMember member) {
    return Terminal.event(event).put("from", member.name()).put("id", member.id());
  }

  private void tell(ObjectNode event, String text) {
    if (json) {
      terminal.result(true, event, null);
    } else {
      terminal.notice(Terminal.harmless(text));
    }
  }

  @Override
  public void close() {
    quality.shutdownNow();
    sound.close();
  }
}
