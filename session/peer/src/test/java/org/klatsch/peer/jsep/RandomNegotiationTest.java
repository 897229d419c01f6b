package org.klatsch.peer.jsep;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.klatsch.media.MediaKind;
import org.klatsch.media.RtpCodec;
import org.klatsch.media.RtpEncoding;
import org.klatsch.peer.MediaParameters;
import org.klatsch.peer.SessionParameters;
import org.klatsch.sdp.DirectionAttribute;
import org.klatsch.sdp.ExtmapAttribute;
import org.klatsch.sdp.MalformedSdpException;
import org.klatsch.sdp.MediaDescription;
import org.klatsch.sdp.SessionDescription;

/// Two peers that add, stop, redirect, roll back and renegotiate at random always agree.
class RandomNegotiationTest {
  @Test
  void peersAlwaysAgree() throws Exception {
    // One seed is a dozen exchanges, or more.
    int seeds = Math.max(1, Integer.getInteger("klatsch.seeds", 50) / 2);
    for (int seed = 0; seed < seeds; seed++) {
      try {
        run(seed);
      } catch (AssertionError | RuntimeException | JsepException e) {
        throw new AssertionError("seed " + seed, e);
      }
    }
  }

  private static void run(int seed) throws JsepException, MalformedSdpException {
    Random random = new Random(seed);
    Jsep[] peers = {peer(2L * seed, random), peer(2L * seed + 1, random)};
    for (int round = 0; round < 3 + seed % 4; round++) {
      for (Jsep peer : peers) {
        for (int i = random.nextInt(3); i > 0; i--) {
          change(peer, random);
        }
      }
      Jsep offerer = peers[random.nextInt(2)];
      Jsep answerer = offerer == peers[0] ? peers[1] : peers[0];
      exchange(offerer, answerer, random);
      assertAgree(peers[0], peers[1]);
    }
    // What one asked for while the other offered is settled by offers of its own.
    JsepFixture.negotiate(peers[0], peers[1]);
    JsepFixture.negotiate(peers[1], peers[0]);
    assertAgree(peers[0], peers[1]);
    assertThat(peers[1].negotiationNeeded()).isFalse();
  }

  private static Jsep peer(long seed, Random random) {
    MediaCapabilities all = MediaCapabilities.standard();
    if (random.nextBoolean()) {
      all = all.withFlexFec();
    }
    Set<String> missing =
        random.nextInt(4) == 0
            ? Set.of("opus", "vp8")
            : random.nextBoolean() ? Set.of("h264") : Set.of();
    MediaCapabilities some = all.onlyMedia(codec -> !missing.contains(codec.name()));
    BundlePolicy policy = BundlePolicy.values()[random.nextInt(3)];
    return JsepFixture.jsep(JsepFixture.options().withMedia(some).withBundlePolicy(policy), seed);
  }

  private static void change(Jsep peer, Random random) {
    List<Transceiver> transceivers = peer.transceivers();
    Transceiver some =
        transceivers.isEmpty() ? null : transceivers.get(random.nextInt(transceivers.size()));
    MediaKind kind = MediaKind.values()[random.nextInt(2)];
    DirectionAttribute direction = DirectionAttribute.values()[random.nextInt(4)];
    switch (random.nextInt(some == null ? 4 : 9)) {
      case 0 -> peer.requestDataChannels();
      case 1 -> peer.addTrack(kind, "track", List.of("stream"));
      case 2 -> peer.addTransceiver(kind, TransceiverInit.of(direction));
      case 3 ->
          peer.addTransceiver(
              MediaKind.VIDEO, TransceiverInit.SENDRECV.withRids(List.of("h", "m", "l")));
      case 4, 5 -> some.direction(direction);
      case 6 -> peer.removeTrack(some);
      case 7 -> peer.stop(some);
      default -> peer.restartIce();
    }
  }

  private static void exchange(Jsep offerer, Jsep answerer, Random random)
      throws JsepException, MalformedSdpException {
    if (random.nextInt(3) == 0) {
      SessionParameters before = offerer.parameters();
      List<Transceiver> transceivers = offerer.transceivers();
      List<String> mids = mids(offerer);
      offerer.setLocalDescription();
      offerer.setLocalDescription(SdpType.ROLLBACK, "");
      assertThat(offerer.parameters()).isEqualTo(before);
      assertThat(offerer.transceivers()).isEqualTo(transceivers);
      assertThat(mids(offerer)).isEqualTo(mids);
    }
    String offer = offerer.setLocalDescription().sdp();
    assertSound(offer);
    if (random.nextInt(3) == 0) {
      List<Transceiver> transceivers = answerer.transceivers();
      List<String> mids = mids(answerer);
      answerer.setRemoteDescription(SdpType.OFFER, offer);
      answerer.setRemoteDescription(SdpType.ROLLBACK, "");
      // A rejected section stops its transceiver at once, for good.
      assertThat(answerer.transceivers()).isEqualTo(transceivers);
      assertThat(mids).containsAll(mids(answerer));
    }
    if (random.nextInt(4) == 0) {
      answerer.setLocalDescription();
    }
    answerer.setRemoteDescription(SdpType.OFFER, offer);
    if (random.nextInt(3) == 0) {
      String provisional = answerer.createAnswer().sdp();
      answerer.setLocalDescription(SdpType.PRANSWER, provisional);
      offerer.setRemoteDescription(SdpType.PRANSWER, provisional);
    }
    String answer = answerer.setLocalDescription().sdp();
    assertSound(answer);
    offerer.setRemoteDescription(SdpType.ANSWER, answer);
  }

  private static List<String> mids(Jsep jsep) {
    List<String> mids = new ArrayList<>();
    for (Transceiver transceiver : jsep.transceivers()) {
      if (transceiver.mid() != null && !transceiver.isStopped()) {
        mids.add(transceiver.mid());
      }
    }
    return mids;
  }

  /// Reads back as written; one meaning per payload type and header extension on the transport.
  private static void assertSound(String sdp) throws MalformedSdpException {
    SessionDescription description = SessionDescription.parse(sdp);
    assertThat(description).hasToString(sdp);
    Map<Integer, String> codecs = new HashMap<>();
    Map<Integer, String> extensions = new HashMap<>();
    for (MediaDescription media : description.media()) {
      if (media.rejected() || media.media().equals("application")) {
        continue;
      }
      List<RtpCodec> read = MediaFormats.read(media);
      assertThat(MediaFormats.formats(read)).isEqualTo(media.formats());
      for (RtpCodec codec : read) {
        String meaning = codec.mimeType() + codec.clockRateHz() + codec.fmtpLine();
        assertThat(codecs.putIfAbsent(codec.payloadType(), meaning)).isIn(null, meaning);
      }
      for (ExtmapAttribute extension : media.attributes().all(ExtmapAttribute.class)) {
        assertThat(extensions.putIfAbsent(extension.id(), extension.uri()))
            .isIn(null, extension.uri());
      }
    }
  }

  private static void assertAgree(Jsep one, Jsep other) {
    assertThat(one.signalingState()).isEqualTo(SignalingState.STABLE);
    assertThat(other.signalingState()).isEqualTo(SignalingState.STABLE);
    assertThat(mids(one)).containsExactlyInAnyOrderElementsOf(mids(other));
    assertThat(one.parameters().transports()).hasSameSizeAs(other.parameters().transports());
    assertThat(one.parameters().transports().size()).isLessThanOrEqualTo(1);
    assertThat(one.parameters().sctp() == null).isEqualTo(other.parameters().sctp() == null);
    assertThat(one.parameters().media()).hasSameSizeAs(other.parameters().media());
    Set<Integer> ssrcs = new HashSet<>();
    for (MediaParameters ours : one.parameters().media()) {
      MediaParameters theirs = other.parameters().media(ours.mid());
      assertThat(ours.direction()).isEqualTo(theirs.direction().reversed());
      assertMirrored(ours, theirs);
      assertMirrored(theirs, ours);
      for (RtpEncoding encoding : ours.send().encodings()) {
        assertThat(ssrcs.add(encoding.ssrc())).isTrue();
      }
    }
    for (Transceiver transceiver : one.transceivers()) {
      if (transceiver.mid() != null) {
        MediaParameters media = one.parameters().media(transceiver.mid());
        assertThat(media.direction()).isEqualTo(transceiver.currentDirection());
      }
    }
  }

  private static void assertMirrored(MediaParameters from, MediaParameters to) {
    assertThat(to.receive().codecs())
        .extracting(RtpCodec::payloadType)
        .containsExactlyInAnyOrderElementsOf(
            from.send().codecs().stream().map(RtpCodec::payloadType).toList());
    assertThat(to.receive().headerExtensions())
        .containsExactlyInAnyOrderElementsOf(from.send().headerExtensions());
    assertThat(to.receive().mid()).isEqualTo(from.send().mid()).isEqualTo(from.mid());
    if (!from.direction().sends()) {
      return;
    }
    List<RtpEncoding> announced = to.receive().encodings();
    List<RtpEncoding> sent = from.send().encodings();
    assertThat(announced)
        .extracting(RtpEncoding::rid)
        .isEqualTo(sent.stream().map(RtpEncoding::rid).toList());
    if (sent.getFirst().rid() == null && !announced.isEmpty()) {
      assertThat(announced).isEqualTo(sent);
    }
  }
}
