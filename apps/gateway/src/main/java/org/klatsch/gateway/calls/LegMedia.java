package org.klatsch.gateway.calls;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.klatsch.gateway.config.SrtpMode;
import org.klatsch.gateway.config.Trunk;
import org.klatsch.gateway.media.AudioLeg;
import org.klatsch.gateway.media.BrowserLeg;
import org.klatsch.gateway.media.Codecs;
import org.klatsch.gateway.media.PhoneLeg;
import org.klatsch.gateway.media.UnacceptableMediaException;
import org.klatsch.media.RtpCodec;
import org.klatsch.net.EventLoop;
import org.klatsch.net.LocalInterfaces;
import org.klatsch.sansio.TransportAddress;
import org.klatsch.sdp.DirectionAttribute;

/// Offers and answers of a leg, for browsers and telephones alike. Used by the call's thread, which
/// waits for the leg's event loop.
final class LegMedia {
  /// Candidates of this machine are there at once; a loop that takes longer is stuck.
  private static final long PATIENCE_SECONDS = 10;

  private final CallServices services;
  private final EventLoop loop;

  LegMedia(CallServices services, EventLoop loop) {
    this.services = services;
    this.loop = loop;
  }

  private AudioLeg media(SipLeg leg) throws UnacceptableMediaException {
    AudioLeg known = leg.media;
    if (known != null) {
      return known;
    }
    AudioLeg made = leg.browser ? BrowserLeg.open(loop, services.browsers()) : phone(leg);
    leg.media = made;
    return made;
  }

  private PhoneLeg phone(SipLeg leg) throws UnacceptableMediaException {
    Trunk trunk = leg.trunk;
    TransportAddress local = leg.flow.local();
    if (local == null || local.isAnyLocal()) {
      local = LocalInterfaces.localTowards(leg.flow.remote());
    }
    if (local == null) {
      throw new UnacceptableMediaException("no address here reaches " + leg.flow.remote());
    }
    try {
      return PhoneLeg.open(
          loop,
          services.ports(),
          new PhoneLeg.Options(
              local.withPort(0),
              local.withPort(0),
              trunk != null && trunk.srtp() == SrtpMode.REQUIRED,
              trunk != null && trunk.nat(),
              trunk == null ? Codecs.PHONE : trunk.codecs()));
    } catch (IOException e) {
      throw new UnacceptableMediaException("no port for RTP: " + e.getMessage());
    }
  }

  /// Makes an offer to a leg.
  ///
  /// @param known what the other leg has; empty when that is not known
  /// @param iceRestart for a browser
  String offer(SipLeg leg, List<RtpCodec> known, boolean iceRestart)
      throws UnacceptableMediaException {
    AudioLeg media = media(leg);
    leg.offered = true;
    String sdp =
        switch (media) {
          case BrowserLeg browser ->
              await(browser.offer(Codecs.preferring(Codecs.BROWSER, known), iceRestart));
          case PhoneLeg phone -> {
            // In the order of the trunk: what both have, then what needs transcoding.
            List<RtpCodec> wanted = leg.trunk == null ? Codecs.PHONE : leg.trunk.codecs();
            List<RtpCodec> both = new ArrayList<>(wanted);
            both.removeIf(each -> !known.contains(each));
            yield phone.offer(both, DirectionAttribute.SENDRECV);
          }
        };
    leg.description = sdp;
    return sdp;
  }

  /// Takes the answer to our offer.
  void accept(SipLeg leg, String answer) throws UnacceptableMediaException {
    switch (media(leg)) {
      case BrowserLeg browser -> await(browser.accept(answer));
      case PhoneLeg phone -> phone.accept(answer);
    }
    leg.offered = false;
    leg.agreed = true;
  }

  /// Answers an offer of a leg.
  ///
  /// @param liked what the other leg is sent or can be, best first
  /// @param known the codecs of the offer
  String answer(SipLeg leg, String offer, List<RtpCodec> liked, List<RtpCodec> known)
      throws UnacceptableMediaException {
    String sdp =
        switch (media(leg)) {
          case BrowserLeg browser -> await(browser.answer(offer, chosen(liked, known)));
          case PhoneLeg phone -> phone.answer(offer, liked, DirectionAttribute.SENDRECV);
        };
    leg.description = sdp;
    leg.agreed = true;
    return sdp;
  }

  /// Exactly what the other leg has, so that nothing else is sent; what sounds best when it has
  /// nothing of the offer.
  private static List<RtpCodec> chosen(List<RtpCodec> liked, List<RtpCodec> known) {
    for (RtpCodec each : liked) {
      for (RtpCodec offered : known) {
        if (Codecs.isSame(each, offered)) {
          return List.of(offered);
        }
      }
    }
    return Codecs.BROWSER;
  }

  private static <T> T await(CompletableFuture<T> future) throws UnacceptableMediaException {
    try {
      return future.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof UnacceptableMediaException cause) {
        throw cause;
      }
      throw new IllegalStateException("media could not be described", e.getCause());
    } catch (TimeoutException e) {
      throw new IllegalStateException("media were not described in time", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  /// What a leg is sent at present, best first; empty before anything is agreed on.
  List<RtpCodec> agreed(@Nullable SipLeg leg) {
    AudioLeg media = leg == null ? null : leg.media;
    return media == null ? List.of() : loop.call(media::codecs);
  }
}
