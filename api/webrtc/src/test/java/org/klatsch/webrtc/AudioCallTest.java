package org.klatsch.webrtc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.klatsch.webrtc.Pair.await;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.klatsch.codecs.audio.Goertzel;
import org.klatsch.codecs.audio.ToneGenerator;
import org.klatsch.media.EncodedAudioFrame;
import org.klatsch.media.EncodedFrame;

/// Two connections of this process speak to each other.
@Timeout(60)
final class AudioCallTest {
  private static final int RATE = 48_000;

  /// A source with a tone that lasts for the test.
  static AudioTrackSource tone(double hz) {
    AudioTrackSource source = new AudioTrackSource(RATE, 1);
    ToneGenerator generator = new ToneGenerator(RATE);
    generator.start(8_000, hz);
    short[] pcm = new short[20 * RATE];
    generator.fill(pcm, 0, pcm.length);
    source.push(pcm);
    return source;
  }

  /// Listens until a quarter of a second is the tone.
  static void awaitTone(MediaStreamTrack track, double hz) throws InterruptedException {
    try (AudioTrackSink sink = new AudioTrackSink(track, RATE, 1)) {
      short[] pcm = new short[RATE / 4];
      List<Double> shares = new ArrayList<>();
      for (int round = 0; round < 40; round++) {
        int filled = 0;
        while (filled < pcm.length) {
          int count = sink.read(pcm, filled, pcm.length - filled);
          assertThat(count).as("the track ended").isPositive();
          filled += count;
        }
        Goertzel goertzel = new Goertzel(RATE, hz);
        goertzel.add(pcm, 0, pcm.length);
        shares.add(goertzel.share());
        if (goertzel.share() > 0.9) {
          return;
        }
      }
      throw new AssertionError("no tone of " + hz + " Hz, shares " + shares);
    }
  }

  static CompletableFuture<RTCTrackEvent> nextTrack(RTCPeerConnection connection) {
    CompletableFuture<RTCTrackEvent> event = new CompletableFuture<>();
    connection.onTrack(event::complete);
    return event;
  }

  @Test
  void aToneGoesBothWaysThroughOpus() throws Exception {
    try (Pair pair = new Pair();
        AudioTrackSource low = tone(440);
        AudioTrackSource high = tone(1_000)) {
      CompletableFuture<RTCTrackEvent> atB = nextTrack(pair.b);
      CompletableFuture<RTCTrackEvent> atA = nextTrack(pair.a);
      MediaStream stream = new MediaStream(List.of(low.track()));
      RTCRtpSender sender = pair.a.addTrack(low.track(), stream);
      assertThat(pair.a.getSenders()).containsExactly(sender);
      assertThat(sender.track()).isSameAs(low.track());
      await(pair.a.setLocalDescription());
      await(pair.b.setRemoteDescription(pair.a.localDescription()));
      pair.b.addTrack(high.track());
      assertThat(pair.b.getTransceivers()).hasSize(1);
      await(pair.b.setLocalDescription());
      await(pair.a.setRemoteDescription(pair.b.localDescription()));
      RTCTrackEvent event = await(atB);
      assertThat(event.streams()).extracting(MediaStream::id).containsExactly(stream.id());
      assertThat(event.track().kind()).isEqualTo("audio");
      assertThat(event.track().id()).isEqualTo(low.track().id());
      assertThat(event.transceiver()).isSameAs(pair.b.getTransceivers().getFirst());
      RTCRtpTransceiver transceiver = pair.a.getTransceivers().getFirst();
      assertThat(transceiver.mid()).isEqualTo("0");
      assertThat(transceiver.currentDirection()).isEqualTo(RTCRtpTransceiverDirection.SENDRECV);
      awaitTone(event.track(), 440);
      awaitTone(await(atA).track(), 1_000);
      assertThat(event.track().muted()).isFalse();
      RTCStatsReport stats = await(pair.b.getStats());
      RTCInboundRtpStreamStats inbound =
          stats.stream(RTCInboundRtpStreamStats.class).findFirst().orElseThrow();
      assertThat(inbound.packetsReceived()).isPositive();
      assertThat(inbound.packetsLost()).isZero();
      assertThat(inbound.totalSamplesReceived()).isPositive();
      assertThat(inbound.jitterBufferEmittedCount()).isPositive();
      assertThat(inbound.audioLevel()).isBetween(0.1, 0.3);
      assertThat(inbound.totalProcessingDelay()).isBetween(0.0, inbound.jitterBufferDelay());
      assertThat(inbound.insertedSamplesForDeceleration()).isNotNegative();
      assertThat(inbound.removedSamplesForAcceleration()).isNotNegative();
      RTCAudioPlayoutStats playout = (RTCAudioPlayoutStats) stats.get(inbound.playoutId());
      assertThat(playout.totalSamplesDuration()).isPositive();
      assertThat(playout.synthesizedSamplesDuration()).isNotNegative();
      RTCTransportStats transport = (RTCTransportStats) stats.get(inbound.transportId());
      assertThat(transport.srtpCipher()).endsWith("AEAD_AES_128_GCM");
      RTCCodecStats codec = (RTCCodecStats) stats.get(inbound.codecId());
      assertThat(codec).isNotNull();
      assertThat(codec.mimeType()).isEqualToIgnoringCase("audio/opus");
    }
  }

  @Test
  void keysArePressedAndHeard() throws Exception {
    try (Pair pair = new Pair();
        AudioTrackSource voice = tone(440)) {
      CompletableFuture<RTCTrackEvent> atB = nextTrack(pair.b);
      RTCRtpSender sender = pair.a.addTrack(voice.track());
      pair.negotiate();
      BlockingQueue<String> keys = new LinkedBlockingQueue<>();
      RTCTrackEvent event = await(atB);
      event.receiver().onToneReceived(e -> keys.add(e.tone()));
      RTCDTMFSender dtmf = sender.dtmf();
      assertThat(dtmf).isNotNull();
      awaitTone(event.track(), 440);
      assertThat(dtmf.canInsertDTMF()).isTrue();
      BlockingQueue<String> changes = new LinkedBlockingQueue<>();
      dtmf.onToneChange(e -> changes.add(e.tone()));
      dtmf.insertDTMF("1a#", 60, 40);
      for (String key : List.of("1", "A", "#")) {
        assertThat(keys.poll(20, java.util.concurrent.TimeUnit.SECONDS)).isEqualTo(key);
      }
      for (String change : List.of("1", "A", "#", "")) {
        assertThat(changes.poll(20, java.util.concurrent.TimeUnit.SECONDS)).isEqualTo(change);
      }
      assertThat(dtmf.toneBuffer()).isEmpty();
    }
  }

  private static EncodedFrame scrambled(EncodedFrame frame) {
    byte[] payload = frame.payload().clone();
    for (int i = 0; i < payload.length; i++) {
      payload[i] ^= (byte) 0xa5;
    }
    return ((EncodedAudioFrame) frame).withPayload(payload);
  }

  @Test
  void aTransformReachesWhatIsDecoded() throws Exception {
    try (Pair pair = new Pair();
        AudioTrackSource voice = tone(440)) {
      CompletableFuture<RTCTrackEvent> event = nextTrack(pair.b);
      RTCRtpSender sender = pair.a.addTrack(voice.track());
      sender.transform(AudioCallTest::scrambled);
      pair.negotiate();
      BlockingQueue<EncodedFrame> seen = new LinkedBlockingQueue<>();
      RTCRtpReceiver receiver = await(event).receiver();
      receiver.transform(frame -> {
        seen.add(frame);
        return scrambled(frame);
      });
      awaitTone(await(event).track(), 440);
      // Once each, though it is both played and handed on.
      assertThat(seen)
          .extracting(frame -> ((EncodedAudioFrame) frame).rtpTimestamp())
          .doesNotHaveDuplicates();
      sender.transform(null);
      receiver.transform(null);
      awaitTone(await(event).track(), 440);
    }
  }

  private static RTCOutboundRtpStreamStats outbound(RTCPeerConnection connection) {
    return await(connection.getStats()).stream(RTCOutboundRtpStreamStats.class)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void aCallOnHoldGoesOnWithTheSameStreams() throws Exception {
    try (Pair pair = new Pair();
        AudioTrackSource voice = tone(440)) {
      CompletableFuture<RTCTrackEvent> first = nextTrack(pair.b);
      RTCRtpSender sender = pair.a.addTrack(voice.track());
      RTCRtpTransceiver transceiver = pair.a.getTransceivers().getFirst();
      pair.negotiate();
      MediaStreamTrack track = await(first).track();
      awaitTone(track, 440);
      CompletableFuture<Boolean> muted = new CompletableFuture<>();
      track.onMute(_ -> muted.complete(true));
      transceiver.direction(RTCRtpTransceiverDirection.INACTIVE);
      pair.negotiate();
      assertThat(await(muted)).isTrue();
      assertThat(transceiver.currentDirection()).isEqualTo(RTCRtpTransceiverDirection.INACTIVE);
      RTCOutboundRtpStreamStats held = outbound(pair.a);
      CompletableFuture<RTCTrackEvent> again = nextTrack(pair.b);
      transceiver.direction(RTCRtpTransceiverDirection.SENDONLY);
      pair.negotiate();
      assertThat(await(again).track()).isSameAs(track);
      awaitTone(track, 440);
      RTCOutboundRtpStreamStats resumed = outbound(pair.a);
      assertThat(resumed.ssrc()).isEqualTo(held.ssrc());
      assertThat(resumed.packetsSent()).isGreaterThan(held.packetsSent());
      assertThat(sender.track()).isSameAs(voice.track());
    }
  }
}
