package org.klatsch.gateway.calls;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.klatsch.gateway.config.DtmfMode;
import org.klatsch.gateway.config.Trunk;
import org.klatsch.gateway.media.AudioLeg;
import org.klatsch.gateway.media.Bridge;
import org.klatsch.gateway.media.CallRecording;
import org.klatsch.sip.SipRequest;
import org.klatsch.sip.SipStatus;
import org.klatsch.sip.transaction.ServerTransaction;

/// What two legs of a call say to each other: the bridge, keys, hold, the recording. Belongs to the
/// call's mailbox.
final class Conversation {
  private static final System.Logger LOGGER = System.getLogger(Conversation.class.getName());
  private static final String KEYS = "0123456789*#ABCD";

  /// Pressed by a thumb; what a request without duration means.
  private static final int USUAL_KEY_MILLIS = 160;

  private final CallSession call;
  private final CallServices services;
  private @Nullable SipLeg first;
  private @Nullable SipLeg second;
  private @Nullable Bridge bridge;
  private @Nullable CallRecording recording;
  private boolean transcoded;

  Conversation(CallSession call, CallServices services) {
    this.call = call;
    this.services = services;
  }

  /// Lets both hear each other, and nobody else any more.
  void join(SipLeg one, SipLeg two) {
    AudioLeg oneMedia = one.media;
    AudioLeg twoMedia = two.media;
    if (oneMedia == null || twoMedia == null || one == first && two == second) {
      return;
    }
    endBridge();
    first = one;
    second = two;
    Bridge made = new Bridge(services.codecs(), oneMedia, twoMedia, new Events());
    made.record(recording);
    bridge = made;
    if (mode(one) == DtmfMode.INBAND) {
      made.detectInBand(0);
    }
    if (mode(two) == DtmfMode.INBAND) {
      made.detectInBand(1);
    }
  }

  private void endBridge() {
    Bridge before = bridge;
    if (before != null) {
      transcoded |= before.isTranscoding();
      before.close();
      bridge = null;
    }
  }

  private final class Events implements Bridge.Listener {
    @Override
    public void tone(int side, char tone, int durationMillis) {
      call.execute(() -> key(side == 0 ? second : first, tone, durationMillis));
    }

    @Override
    public void connected(int side) {}

    @Override
    public void failed(int side, String reason) {
      call.execute(() -> {
        SipLeg gone = side == 0 ? first : second;
        LOGGER.log(Level.DEBUG, "media of a call ended: {0}", reason);
        if (gone != null) {
          call.mediaFailed(gone);
        }
      });
    }
  }

  private @Nullable SipLeg otherOf(SipLeg leg) {
    return leg == first ? second : leg == second ? first : null;
  }

  private int sideOf(SipLeg leg) {
    return leg == first ? 0 : 1;
  }

  private DtmfMode mode(SipLeg leg) {
    Trunk trunk = leg.trunk;
    return leg.browser
        ? services.settings().browserDtmf()
        : trunk == null ? DtmfMode.RFC4733 : trunk.dtmf();
  }

  /// Passes a key on to a leg in the way it wants.
  private void key(@Nullable SipLeg to, char tone, int durationMillis) {
    Bridge current = bridge;
    if (to == null || to.ended || current == null) {
      return;
    }
    switch (mode(to)) {
      case INFO -> {
        SipRequest info = to.request(SipRequest.INFO);
        info.body(
            "application/dtmf-relay",
            "Signal=" + tone + "\r\nDuration=" + Math.max(durationMillis, 100) + "\r\n");
        call.send(to, info);
      }
      case RFC4733 -> current.sendTone(sideOf(to), tone, durationMillis, false);
      case INBAND -> current.sendTone(sideOf(to), tone, durationMillis, true);
    }
  }

  /// A key in an INFO request.
  void info(SipLeg leg, ServerTransaction transaction) {
    SipRequest request = transaction.request();
    String body = request.bodyText();
    char tone = ' ';
    int duration = USUAL_KEY_MILLIS;
    if (request.hasContentType("application/dtmf-relay")) {
      for (String line : body.split("\r?\n")) {
        String[] pair = line.split("=", 2);
        String value = pair.length == 2 ? pair[1].strip() : "";
        if (pair[0].strip().equalsIgnoreCase("Signal") && value.length() == 1) {
          tone = value.toUpperCase(Locale.ROOT).charAt(0);
        } else if (pair[0].strip().equalsIgnoreCase("Duration") && value.matches("[0-9]{1,5}")) {
          duration = Integer.parseInt(value);
        }
      }
    } else if (request.hasContentType("application/dtmf") && body.strip().length() == 1) {
      tone = body.strip().toUpperCase(Locale.ROOT).charAt(0);
    } else {
      call.respond(transaction, leg.response(request, SipStatus.UNSUPPORTED_MEDIA_TYPE));
      return;
    }
    if (KEYS.indexOf(tone) < 0) {
      call.respond(transaction, leg.response(request, SipStatus.BAD_REQUEST));
      return;
    }
    call.respond(transaction, leg.response(request, SipStatus.OK));
    key(otherOf(leg), tone, duration);
  }

  /// A side wants to hear nothing for now, or to hear again: the other one hears music meanwhile.
  void hold(SipLeg by, boolean holds) {
    Bridge current = bridge;
    SipLeg other = otherOf(by);
    if (by.holding == holds || current == null || other == null) {
      return;
    }
    by.holding = holds;
    if (holds) {
      current.hold(sideOf(other), services.musicOnHold());
    } else {
      current.resume(sideOf(other));
    }
  }

  /// Records to a file of that name from now on.
  void record(String name) {
    Path folder = services.recordings();
    Path file = folder.resolve(name + ".wav");
    try {
      Files.createDirectories(folder);
      CallRecording made = new CallRecording(services.codecs(), file);
      recording = made;
      Bridge current = bridge;
      if (current != null) {
        current.record(made);
      }
    } catch (IOException e) {
      LOGGER.log(Level.ERROR, "the call is not recorded to " + file, e);
    }
  }

  /// Ends all of it; the legs stay.
  void end() {
    endBridge();
    CallRecording file = recording;
    if (file != null) {
      file.close();
    }
  }

  /// Whether anything had to be decoded and encoded, as known after the end.
  boolean wasTranscoded() {
    return transcoded;
  }

  /// The name of the recording, null for none.
  @Nullable String recordingName() {
    CallRecording file = recording;
    return file == null ? null : file.file().getFileName().toString();
  }
}
