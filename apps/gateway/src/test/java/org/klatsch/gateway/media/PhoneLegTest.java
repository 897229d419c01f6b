package org.klatsch.gateway.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.klatsch.media.EncodedAudioFrame;
import org.klatsch.media.RtpCodec;
import org.klatsch.net.EventLoop;
import org.klatsch.net.LoopOptions;
import org.klatsch.net.NetworkDriver;
import org.klatsch.sansio.TransportAddress;
import org.klatsch.sdp.DirectionAttribute;

class PhoneLegTest {
  private static final TransportAddress LOOPBACK = TransportAddress.parse("127.0.0.1", 0);
  private static final RtpCodec PCMU = codec("pcmu");
  private static final RtpCodec PCMA = codec("pcma");
  private static final RtpCodec OPUS = codec("opus");

  private final NetworkDriver network =
      new NetworkDriver(LoopOptions.DEFAULT.with().loops(1).build());
  private final EventLoop loop = network.nextLoop();
  private final RtpPorts ports = new RtpPorts(40_000, 48_000);

  private static RtpCodec codec(String name) {
    RtpCodec found = Codecs.ofName(name);
    if (found == null) {
      throw new AssertionError(name);
    }
    return found;
  }

  @AfterEach
  void close() {
    network.close();
  }

  private PhoneLeg leg(boolean secure, RtpCodec... codecs) throws Exception {
    return PhoneLeg.open(
        loop, ports, new PhoneLeg.Options(LOOPBACK, LOOPBACK, secure, false, List.of(codecs)));
  }

  /// Keeps what comes.
  private static final class Heard implements AudioLeg.Listener {
    final BlockingQueue<EncodedAudioFrame> frames = new ArrayBlockingQueue<>(100);
    final BlockingQueue<Character> tones = new ArrayBlockingQueue<>(100);

    @Override
    public void frame(long now, EncodedAudioFrame frame) {
      frames.offer(frame);
    }

    @Override
    public void tone(char tone, int durationMillis) {
      tones.offer(tone);
    }

    @Override
    public void connected() {}

    @Override
    public void failed(String reason) {}

    @Nullable EncodedAudioFrame next() throws InterruptedException {
      return frames.poll(10, TimeUnit.SECONDS);
    }
  }

  private Heard listen(AudioLeg leg) {
    Heard heard = new Heard();
    loop.call(() -> {
      leg.listener(heard);
      return true;
    });
    return heard;
  }

  private void send(AudioLeg leg, RtpCodec codec, int timestamp) {
    loop.execute(
        () -> leg.send(EncodedAudioFrame.of(codec, new byte[160], timestamp, 160, loop.now())));
  }

  @Test
  void carriesFramesAndKeysBothWays() throws Exception {
    PhoneLeg caller = leg(false, PCMU, PCMA);
    PhoneLeg called = leg(false, PCMA, PCMU);
    String offer = caller.offer(List.of(), DirectionAttribute.SENDRECV);
    String answer = called.answer(offer, List.of(), DirectionAttribute.SENDRECV);
    caller.accept(answer);
    Heard atCaller = listen(caller);
    Heard atCalled = listen(called);

    send(caller, PCMU, 0);
    assertThat(atCalled.next()).isNotNull().extracting(f -> f.codec().name()).isEqualTo("pcmu");
    send(called, PCMU, 0);
    assertThat(atCaller.next()).isNotNull();
    loop.execute(() -> caller.sendTones("5", java.time.Duration.ofMillis(100)));
    assertThat(atCalled.tones.poll(10, TimeUnit.SECONDS)).isEqualTo('5');
    assertThat(loop.call(caller::quality).packets()).isEqualTo(1);
  }

  @Test
  void protectsWithKeysOfTheDescriptions() throws Exception {
    PhoneLeg caller = leg(true, PCMU);
    PhoneLeg called = leg(false, PCMU);
    String offer = caller.offer(List.of(), DirectionAttribute.SENDRECV);
    assertThat(offer).contains("RTP/SAVP").contains("a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:");
    String answer = called.answer(offer, List.of(), DirectionAttribute.SENDRECV);
    caller.accept(answer);
    Heard atCaller = listen(caller);
    Heard atCalled = listen(called);

    send(caller, PCMU, 0);
    assertThat(atCalled.next()).isNotNull();
    send(called, PCMU, 0);
    assertThat(atCaller.next()).isNotNull();
    assertThat(caller.isSecure()).isTrue();
  }

  @Test
  void refusesAnOfferInTheClearWhereKeysAreRequired() throws Exception {
    PhoneLeg caller = leg(false, PCMU);
    PhoneLeg called = leg(true, PCMU);
    String offer = caller.offer(List.of(), DirectionAttribute.SENDRECV);

    assertThatThrownBy(() -> called.answer(offer, List.of(), DirectionAttribute.SENDRECV))
        .isInstanceOf(UnacceptableMediaException.class)
        .hasMessageContaining("SRTP");
  }

  @Test
  void refusesWhatHasNoCodecInCommon() throws Exception {
    String offer = leg(false, PCMU).offer(List.of(), DirectionAttribute.SENDRECV);

    assertThatThrownBy(() -> leg(false, PCMA).answer(offer, List.of(), DirectionAttribute.SENDRECV))
        .isInstanceOf(UnacceptableMediaException.class)
        .hasMessageContaining("codec");
  }

  @Test
  void choosesWhatTheOtherLegHas() throws Exception {
    String offer = leg(false, PCMU, PCMA).offer(List.of(), DirectionAttribute.SENDRECV);

    String answer =
        leg(false, PCMU, PCMA).answer(offer, List.of(PCMA), DirectionAttribute.SENDRECV);

    assertThat(answer).contains("RTP/AVP 8 101");
  }

  @Test
  void answersAHoldWithTheOtherDirection() throws Exception {
    PhoneLeg caller = leg(false, PCMU);
    PhoneLeg called = leg(false, PCMU);
    called.answer(
        caller.offer(List.of(), DirectionAttribute.SENDRECV),
        List.of(),
        DirectionAttribute.SENDRECV);

    String answer =
        called.answer(
            caller.offer(List.of(), DirectionAttribute.SENDONLY),
            List.of(),
            DirectionAttribute.SENDRECV);

    assertThat(answer).contains("a=recvonly");
    assertThat(called.farDirection()).isEqualTo(DirectionAttribute.SENDONLY);
  }

  @Test
  void relaysAcrossABridgeAndTranscodesWhereNeeded() throws Exception {
    PhoneLeg caller = leg(false, PCMU);
    PhoneLeg near = leg(false, PCMU);
    PhoneLeg far = leg(false, PCMU, OPUS);
    PhoneLeg called = leg(false, OPUS);
    near.answer(
        caller.offer(List.of(), DirectionAttribute.SENDRECV),
        List.of(),
        DirectionAttribute.SENDRECV);
    called.answer(
        far.offer(List.of(), DirectionAttribute.SENDRECV), List.of(), DirectionAttribute.SENDRECV);
    far.accept(
        called.answer(
            far.offer(List.of(), DirectionAttribute.SENDRECV),
            List.of(),
            DirectionAttribute.SENDRECV));
    Heard atCalled = listen(called);
    BlockingQueue<Character> keys = new ArrayBlockingQueue<>(10);
    Bridge bridge =
        new Bridge(
            org.klatsch.codecs.Codecs.installed(),
            near,
            far,
            new Bridge.Listener() {
              @Override
              public void tone(int side, char tone, int durationMillis) {
                keys.offer(tone);
              }

              @Override
              public void connected(int side) {}

              @Override
              public void failed(int side, String reason) {}
            });
    caller.accept(
        near.answer(
            caller.offer(List.of(), DirectionAttribute.SENDRECV),
            List.of(),
            DirectionAttribute.SENDRECV));

    for (int i = 0; i < 4; i++) {
      send(caller, PCMU, i * 160);
    }
    assertThat(atCalled.next()).isNotNull().extracting(f -> f.codec().name()).isEqualTo("opus");
    assertThat(bridge.isTranscoding()).isTrue();
    loop.execute(() -> caller.sendTones("7", java.time.Duration.ofMillis(100)));
    assertThat(keys.poll(10, TimeUnit.SECONDS)).isEqualTo('7');
    bridge.sendTone(1, '8', 100, false);
    assertThat(atCalled.tones.poll(10, TimeUnit.SECONDS)).isEqualTo('8');
    bridge.close();
  }

  @Test
  void givesOutEachPairInItsTurn() throws Exception {
    RtpPorts two = new RtpPorts(48_001, 48_005);
    PhoneLeg.Options options =
        new PhoneLeg.Options(LOOPBACK, LOOPBACK, false, false, List.of(PCMU));

    PhoneLeg.open(loop, two, options);
    PhoneLeg.open(loop, two, options);

    assertThatThrownBy(() -> PhoneLeg.open(loop, two, options))
        .isInstanceOf(java.net.BindException.class)
        .hasMessageContaining("48002");
  }
}
