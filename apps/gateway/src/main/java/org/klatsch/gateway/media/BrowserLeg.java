package org.klatsch.gateway.media;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.klatsch.dtls.DtlsCertificate;
import org.klatsch.ice.GatheringState;
import org.klatsch.ice.IceEvent;
import org.klatsch.ice.IceState;
import org.klatsch.ice.NetworkKind;
import org.klatsch.media.MediaKind;
import org.klatsch.media.RtpCodec;
import org.klatsch.net.CoreDriver;
import org.klatsch.net.CoreListener;
import org.klatsch.net.EventLoop;
import org.klatsch.net.PortRange;
import org.klatsch.peer.DtlsFingerprint;
import org.klatsch.peer.DtlsState;
import org.klatsch.peer.MediaParameters;
import org.klatsch.peer.Session;
import org.klatsch.peer.SessionEvent;
import org.klatsch.peer.SessionMedia;
import org.klatsch.peer.SessionOptions;
import org.klatsch.peer.SessionParameters;
import org.klatsch.peer.jsep.Jsep;
import org.klatsch.peer.jsep.JsepDescription;
import org.klatsch.peer.jsep.JsepException;
import org.klatsch.peer.jsep.JsepOptions;
import org.klatsch.peer.jsep.MediaCapabilities;
import org.klatsch.peer.jsep.SdpType;
import org.klatsch.sansio.TransportAddress;
import org.klatsch.sdp.CandidateAttribute;
import org.klatsch.sdp.MalformedSdpException;

/// The end of a call at a browser: ICE, DTLS-SRTP and JSEP, with complete descriptions, as SIP has
/// no trickling. Descriptions may be asked for on any thread but the loop.
public final class BrowserLeg extends AudioLeg {
  private static final System.Logger LOGGER = System.getLogger(BrowserLeg.class.getName());
  private static final SecureRandom RANDOM = new SecureRandom();

  /// What all browser legs have in common.
  ///
  /// @param certificate of the gateway
  /// @param locals addresses of this machine that browsers may reach; their ports are ignored
  public record Options(DtlsCertificate certificate, List<TransportAddress> locals) {
    public Options {
      locals = List.copyOf(locals);
    }
  }

  private final Options options;
  private final Session session;
  private final CoreDriver<SessionEvent> driver;
  private @Nullable Jsep jsep;
  private List<RtpCodec> capabilities = List.of();
  private @Nullable String mid;
  private String usernameFragment = "";
  private boolean portsOpen;
  private boolean connected;
  private boolean failed;
  private @Nullable CompletableFuture<String> wanted;

  private BrowserLeg(EventLoop loop, Options options) {
    super(loop);
    this.options = options;
    this.session = new Session(SessionOptions.of(List.of(options.certificate())), RANDOM);
    this.driver = loop.attach(session, new Events());
    session.wallClock(loop.now(), WallTime.ntp());
  }

  /// Begins a leg; ports are taken with the first description.
  public static BrowserLeg open(EventLoop loop, Options options) {
    return loop.call(() -> new BrowserLeg(loop, options));
  }

  /// Makes an offer with all candidates.
  ///
  /// @param codecs that the browser may choose from, best first
  /// @param iceRestart whether the path is to be found anew
  public CompletableFuture<String> offer(List<RtpCodec> codecs, boolean iceRestart) {
    return describe(() -> {
      Jsep machine = machine(codecs);
      if (iceRestart) {
        machine.restartIce();
      }
      machine.createOffer(iceRestart);
      machine.setLocalDescription();
    });
  }

  /// Takes the answer to the last offer.
  public CompletableFuture<String> accept(String answer) {
    return describe(() -> machine(capabilities).setRemoteDescription(SdpType.ANSWER, answer));
  }

  /// Answers an offer: the first, or one in mid-call (hold, ICE restart).
  ///
  /// @param codecs that may be chosen when this is the first description; later ones keep them
  public CompletableFuture<String> answer(String offer, List<RtpCodec> codecs) {
    return describe(() -> {
      Jsep machine = machine(codecs);
      machine.setRemoteDescription(SdpType.OFFER, offer);
      machine.setLocalDescription();
    });
  }

  /// What a step of offer and answer does.
  private interface Step {
    void run() throws JsepException;
  }

  private CompletableFuture<String> describe(Step step) {
    CompletableFuture<String> future = new CompletableFuture<>();
    try {
      loop()
          .execute(() -> {
            try {
              step.run();
              described(future);
            } catch (JsepException e) {
              future.completeExceptionally(
                  new UnacceptableMediaException(String.valueOf(e.getMessage())));
            } catch (RuntimeException e) {
              LOGGER.log(Level.ERROR, "a description could not be handled", e);
              future.completeExceptionally(e);
            }
            driver.requestTurn();
          });
    } catch (RejectedExecutionException e) {
      future.completeExceptionally(e);
    }
    return future;
  }

  private Jsep machine(List<RtpCodec> codecs) {
    Jsep known = jsep;
    if (known != null) {
      return known;
    }
    capabilities = codecs;
    String fingerprint = options.certificate().fingerprint("sha-256").value();
    Jsep made =
        new Jsep(
            JsepOptions.of(
                    List.of(new DtlsFingerprint("sha-256", fingerprint.toLowerCase(Locale.ROOT))))
                .withTrickle(false)
                .withMedia(media(codecs)),
            RANDOM);
    made.addTrack(MediaKind.AUDIO, "audio", List.of("klatsch"));
    jsep = made;
    return made;
  }

  /// The codecs with the payload types that browsers use, and telephone events of their clocks.
  private static MediaCapabilities media(List<RtpCodec> codecs) {
    MediaCapabilities standard = MediaCapabilities.standard();
    List<RtpCodec> audio = new ArrayList<>();
    for (RtpCodec codec : codecs) {
      standard.audio().stream().filter(each -> Codecs.isSame(each, codec)).forEach(audio::add);
    }
    for (RtpCodec each : standard.audio()) {
      if (each.is("telephone-event")
          && audio.stream().anyMatch(codec -> codec.clockRateHz() == each.clockRateHz())) {
        audio.add(each);
      }
    }
    return new MediaCapabilities(audio, List.of(), standard.audioExtensions(), List.of());
  }

  /// A description was set: takes what it means, and answers with ours once its candidates are
  /// complete.
  private void described(CompletableFuture<String> future) {
    Jsep machine = machine(capabilities);
    SessionParameters parameters = machine.parameters();
    session.apply(loop().now(), parameters);
    if (!parameters.media().isEmpty()) {
      MediaParameters audio = parameters.media().getFirst();
      SessionMedia media = session.media();
      if (media != null) {
        agreed(media.sender(audio.mid()), media.receiver(audio.mid()));
      }
    }
    if (!parameters.transports().isEmpty()) {
      mid = parameters.transports().getFirst().mid();
      String fragment = parameters.transports().getFirst().localIce().usernameFragment();
      if (!fragment.equals(usernameFragment)) {
        usernameFragment = fragment;
        wanted = future;
        openPorts();
        session.ice().startGathering(loop().now());
        return;
      }
    }
    complete(future);
  }

  private void complete(CompletableFuture<String> future) {
    JsepDescription description = machine(capabilities).localDescription();
    if (description == null) {
      future.completeExceptionally(new UnacceptableMediaException("nothing was agreed on"));
    } else {
      future.complete(description.sdp());
    }
  }

  private void openPorts() {
    if (portsOpen) {
      return;
    }
    portsOpen = true;
    for (TransportAddress each : options.locals()) {
      try {
        TransportAddress local = driver.open(each, PortRange.EPHEMERAL).local();
        session.ice().addLocalAddress(loop().now(), local, NetworkKind.UNKNOWN, 0);
      } catch (IOException e) {
        LOGGER.log(Level.DEBUG, () -> "no port on " + each.host() + ": " + e.getMessage());
      }
    }
  }

  private final class Events implements CoreListener<SessionEvent> {
    @Override
    public void event(SessionEvent event) {
      switch (event) {
        case SessionEvent.Media e -> handle(e.event());
        case SessionEvent.Ice e -> iceEvent(e.event());
        case SessionEvent.WorkRequested e ->
            driver.perform(e.work(), () -> session.handleWorkDone(loop().now(), e.work()));
        case SessionEvent.DtlsStateChanged e -> dtlsChanged(e.state());
        default -> {}
      }
    }

    @Override
    public void broken(Throwable cause) {
      LOGGER.log(Level.ERROR, "a browser's session broke", cause);
      fail("internal error");
    }
  }

  private void iceEvent(IceEvent event) {
    switch (event) {
      case IceEvent.LocalCandidateGathered e -> {
        String section = mid;
        if (section != null) {
          try {
            machine(capabilities)
                .addLocalCandidate(
                    section, e.ufrag(), CandidateAttribute.parse(e.candidate().toString()));
          } catch (MalformedSdpException bad) {
            throw new IllegalStateException("our own candidate " + e.candidate(), bad);
          }
        }
      }
      case IceEvent.GatheringStateChanged e -> {
        CompletableFuture<String> waiting = wanted;
        String section = mid;
        if (e.state() == GatheringState.COMPLETE && waiting != null && section != null) {
          wanted = null;
          machine(capabilities).endOfLocalCandidates(section, usernameFragment);
          complete(waiting);
        }
      }
      case IceEvent.StateChanged e -> {
        if (e.state() == IceState.FAILED) {
          fail("no path to the browser");
        }
      }
      default -> {}
    }
  }

  private void dtlsChanged(DtlsState state) {
    if (state == DtlsState.CONNECTED && !connected) {
      connected = true;
      Listener to = listener();
      if (to != null) {
        to.connected();
      }
    } else if (state == DtlsState.FAILED || state == DtlsState.CLOSED) {
      fail("the browser's DTLS association ended");
    }
  }

  private void fail(String reason) {
    Listener to = listener();
    if (to != null && !failed) {
      failed = true;
      to.failed(reason);
    }
  }

  @Override
  void requestTurn() {
    driver.requestTurn();
  }

  @Override
  public void close() {
    try {
      loop()
          .execute(() -> {
            failed = true;
            session.close(loop().now());
            driver.detach();
          });
    } catch (RejectedExecutionException e) {
      // A loop that ends closes everything.
    }
  }
}
