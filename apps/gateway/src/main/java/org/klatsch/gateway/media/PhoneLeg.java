package org.klatsch.gateway.media;

import java.io.IOException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.klatsch.media.MediaEvent;
import org.klatsch.media.MediaKind;
import org.klatsch.media.RtpCodec;
import org.klatsch.media.RtpEncoding;
import org.klatsch.media.RtpReceiveParameters;
import org.klatsch.media.RtpReceiver;
import org.klatsch.media.RtpSendParameters;
import org.klatsch.media.RtpSender;
import org.klatsch.net.CoreDriver;
import org.klatsch.net.EventLoop;
import org.klatsch.sansio.TransportAddress;
import org.klatsch.sdp.DirectionAttribute;
import org.klatsch.srtp.SrtpSuite;

/// The end of a call at a telephone or PBX. Descriptions may be asked for on any thread but the
/// loop.
public final class PhoneLeg extends AudioLeg {
  /// @param local address of this machine that the far end reaches; its port is ignored
  /// @param announced what descriptions say in its place, behind a NAT; else the same
  /// @param secure whether our offers ask for SRTP, RFC 4568
  /// @param nat whether the far end may be at another host than it says
  /// @param codecs that may be used, best first
  public record Options(
      TransportAddress local,
      TransportAddress announced,
      boolean secure,
      boolean nat,
      List<RtpCodec> codecs) {
    public Options {
      codecs = List.copyOf(codecs);
      if (codecs.isEmpty()) {
        throw new IllegalArgumentException("no codec, expected at least one");
      }
    }
  }

  private static final SecureRandom RANDOM = new SecureRandom();

  /// RFC 4568 §6.2: the first is mandatory, the others cost less.
  private static final List<SrtpSuite> SUITES =
      List.of(
          SrtpSuite.AES_CM_128_HMAC_SHA1_80,
          SrtpSuite.AES_CM_128_HMAC_SHA1_32,
          SrtpSuite.AEAD_AES_128_GCM,
          SrtpSuite.AEAD_AES_256_GCM);

  private final Options options;
  private final PlainRtp core;
  private final CoreDriver<MediaEvent> driver;
  private final int rtpPort;
  private final int rtcpPort;
  private final DescriptionText text;
  private final int ssrc = RANDOM.nextInt() | 1;
  private final String cname = Long.toHexString(RANDOM.nextLong());

  private List<RtpCodec> offered = List.of();
  private List<CryptoKey> offeredKeys = List.of();
  private @Nullable CryptoKey ours;
  private @Nullable CryptoKey theirs;
  private @Nullable RtpSender sender;
  private @Nullable RtpReceiver receiver;
  private DirectionAttribute farDirection = DirectionAttribute.SENDRECV;

  private PhoneLeg(EventLoop loop, RtpPorts ports, Options options) throws IOException {
    super(loop);
    this.options = options;
    this.core = new PlainRtp(RANDOM);
    this.driver = loop.attach(core, this::handle);
    RtpPorts.Pair pair;
    try {
      pair = ports.open(driver, options.local());
    } catch (IOException | RuntimeException e) {
      driver.close();
      throw e;
    }
    core.locals(pair.rtp().local(), pair.rtcp().local());
    rtpPort = pair.rtp().local().port();
    rtcpPort = pair.rtcp().local().port();
    text = new DescriptionText(options.announced(), rtpPort, rtcpPort, RANDOM);
    core.transport().wallClock(loop.now(), WallTime.ntp());
  }

  /// Takes a pair of ports.
  ///
  /// @throws IOException when no pair is free
  public static PhoneLeg open(EventLoop loop, RtpPorts ports, Options options) throws IOException {
    IOException[] failed = new IOException[1];
    PhoneLeg leg =
        loop.call(
                () -> {
                  try {
                    return java.util.Optional.of(new PhoneLeg(loop, ports, options));
                  } catch (IOException e) {
                    failed[0] = e;
                    return java.util.Optional.<PhoneLeg>empty();
                  }
                })
            .orElse(null);
    if (leg == null) {
      throw failed[0] == null ? new IOException("no ports") : failed[0];
    }
    return leg;
  }

  /// Whether media of this leg are protected.
  public boolean isSecure() {
    return ours != null;
  }

  /// Who sends, as the far end said last and seen from there.
  public DirectionAttribute farDirection() {
    return farDirection;
  }

  /// Makes an offer.
  ///
  /// @param preferred codecs to name first
  /// @param direction seen from here
  public String offer(List<RtpCodec> preferred, DirectionAttribute direction) {
    return loop()
        .call(() -> {
          List<RtpCodec> codecs = new ArrayList<>(Codecs.preferring(options.codecs(), preferred));
          codecs.add(Codecs.TELEPHONE_EVENT);
          offered = List.copyOf(codecs);
          if (options.secure() && offeredKeys.isEmpty()) {
            List<CryptoKey> keys = new ArrayList<>();
            for (int i = 0; i < SUITES.size(); i++) {
              keys.add(CryptoKey.random(i + 1, SUITES.get(i), RANDOM));
            }
            offeredKeys = List.copyOf(keys);
          }
          return text.offer(
              options.secure() ? "RTP/SAVP" : "RTP/AVP", offered, direction, offeredKeys);
        });
  }

  /// Takes the answer to the last offer.
  public void accept(String answer) throws UnacceptableMediaException {
    PhoneDescription theirText = PhoneDescription.parse(answer);
    CryptoKey own = null;
    CryptoKey far = null;
    if (theirText.isSecure()) {
      far = theirText.keys().isEmpty() ? null : theirText.keys().getFirst();
      for (CryptoKey each : offeredKeys) {
        own = far != null && each.tag() == far.tag() ? each : own;
      }
      if (far == null || own == null || own.suite() != far.suite()) {
        throw new UnacceptableMediaException("the answer takes none of the offered keys");
      }
    } else if (options.secure()) {
      throw new UnacceptableMediaException("the answer has no SRTP, which this trunk requires");
    }
    List<RtpCodec> common =
        theirText.codecs().stream().filter(each -> Codecs.contains(offered, each)).toList();
    agree(theirText, common, offered, own, far);
  }

  /// Answers an offer.
  ///
  /// @param preferred codecs to choose first, mostly those of the other leg
  /// @param direction what we would like, seen from here
  public String answer(String offer, List<RtpCodec> preferred, DirectionAttribute direction)
      throws UnacceptableMediaException {
    PhoneDescription theirText = PhoneDescription.parse(offer);
    CryptoKey far = null;
    CryptoKey own = null;
    if (theirText.isSecure()) {
      far =
          theirText.keys().stream()
              .filter(each -> SUITES.contains(each.suite()))
              .findFirst()
              .orElseThrow(() -> new UnacceptableMediaException("no key of a known suite"));
      CryptoKey before = ours;
      own =
          before != null && before.suite() == far.suite() && before.tag() == far.tag()
              ? before
              : CryptoKey.random(far.tag(), far.suite(), RANDOM);
    } else if (options.secure()) {
      throw new UnacceptableMediaException("the offer has no SRTP, which this trunk requires");
    }
    List<RtpCodec> chosen = new ArrayList<>();
    List<RtpCodec> known =
        theirText.codecs().stream()
            .filter(each -> Codecs.contains(options.codecs(), each))
            .toList();
    List<RtpCodec> liked = Codecs.preferring(known, preferred);
    if (!liked.isEmpty()) {
      chosen.add(liked.getFirst());
    }
    theirText.codecs().stream()
        .filter(each -> Codecs.isSame(each, Codecs.TELEPHONE_EVENT))
        .findFirst()
        .ifPresent(chosen::add);
    agree(theirText, chosen, chosen, own, far);
    DirectionAttribute said = narrowed(direction, theirText.direction());
    return loop()
        .call(() -> text.answer(theirText, chosen, said, ours == null ? List.of() : List.of(ours)));
  }

  /// The codecs of an offer that this leg takes, in its order: for the offer of the other leg.
  public List<RtpCodec> acceptable(String offer) throws UnacceptableMediaException {
    List<RtpCodec> known =
        PhoneDescription.parse(offer).codecs().stream()
            .filter(each -> Codecs.contains(options.codecs(), each))
            .toList();
    if (known.isEmpty()) {
      throw new UnacceptableMediaException("no codec in common");
    }
    return known;
  }

  /// RFC 3264 §6.1: an answer's direction takes back nothing that the offer did not give.
  private static DirectionAttribute narrowed(
      DirectionAttribute wanted, DirectionAttribute offered) {
    boolean sends = wanted.sends() && offered.receives();
    boolean receives = wanted.receives() && offered.sends();
    return sends
        ? receives ? DirectionAttribute.SENDRECV : DirectionAttribute.SENDONLY
        : receives ? DirectionAttribute.RECVONLY : DirectionAttribute.INACTIVE;
  }

  private void agree(
      PhoneDescription theirText,
      List<RtpCodec> send,
      List<RtpCodec> receive,
      @Nullable CryptoKey own,
      @Nullable CryptoKey far)
      throws UnacceptableMediaException {
    if (send.stream().noneMatch(RtpCodec::isMedia)) {
      throw new UnacceptableMediaException("no codec in common");
    }
    loop()
        .execute(() -> {
          // RFC 4568 §7.1.4: the same key goes on with its rollover counter.
          if (own != null && far != null) {
            boolean sameOwn = ours != null && own.sameKey(ours);
            boolean sameFar = theirs != null && far.sameKey(theirs);
            if (!sameOwn || !sameFar) {
              core.keys(own.outbound(), far.inbound());
            }
          } else {
            core.keys(null, null);
          }
          ours = own;
          theirs = far;
          farDirection = theirText.direction();
          streams(send, receive, theirText.direction().receives() && theirText.rtp() != null);
          TransportAddress rtp = theirText.rtp();
          TransportAddress rtcp = theirText.rtcp();
          if (rtp != null && rtcp != null) {
            boolean first = !core.transport().isConnected();
            core.remote(loop().now(), rtp, rtcp, theirText.multiplexed(), options.nat());
            Listener to = listener();
            if (first && to != null) {
              to.connected();
            }
          }
          driver.requestTurn();
        });
  }

  private void streams(List<RtpCodec> send, List<RtpCodec> receive, boolean active) {
    RtpSendParameters out =
        new RtpSendParameters(
            "",
            cname,
            MediaKind.AUDIO,
            send,
            List.of(),
            List.of(RtpEncoding.ofSsrc(ssrc).withActive(active)),
            false);
    RtpReceiveParameters in =
        new RtpReceiveParameters(
            "", MediaKind.AUDIO, merged(receive, send), List.of(), List.of(), false);
    RtpSender toFar = sender;
    RtpReceiver fromFar = receiver;
    if (toFar == null || fromFar == null) {
      toFar = core.transport().addSender(out);
      fromFar = core.transport().addReceiver(in);
      sender = toFar;
      receiver = fromFar;
    } else {
      toFar.update(out);
      fromFar.update(in);
    }
    agreed(toFar, fromFar);
  }

  /// What may come: by our numbers and, as not everybody heeds them, by theirs.
  private static List<RtpCodec> merged(List<RtpCodec> own, List<RtpCodec> far) {
    Map<Integer, RtpCodec> byType = new java.util.LinkedHashMap<>();
    own.forEach(each -> byType.put(each.payloadType(), each));
    far.forEach(each -> byType.putIfAbsent(each.payloadType(), each));
    return List.copyOf(byType.values());
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
            core.transport().close(loop().now());
            driver.detach();
          });
    } catch (RejectedExecutionException e) {
      // A loop that ends closes everything.
    }
  }
}
