package org.klatsch.media;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.klatsch.rtp.RtpPacketWriter;

/// RFC 8843 §9.2.
class RoutingTest {
  private static final RtpCodec OPUS = RtpCodec.of("audio/opus", 111, 48_000, 2);
  private static final RtpCodec PCMU = RtpCodec.of("audio/PCMU", 0, 8_000, 1);

  private final RtpTransport transport =
      new RtpTransport(RtpTransportOptions.DEFAULT, new SplittableRandom(1));
  private int sequence;

  @BeforeEach
  void connect() {
    transport.connect(0);
  }

  private RtpReceiver receiver(String mid, RtpCodec codec, RtpEncoding... encodings) {
    RtpReceiver receiver =
        transport.addReceiver(
            new RtpReceiveParameters(
                mid,
                MediaKind.AUDIO,
                List.of(codec),
                List.of(TransportPair.MID),
                List.of(encodings),
                true));
    receiver.delivery(AudioDelivery.ARRIVAL);
    return receiver;
  }

  private RtpReceiver arrivesAt(int ssrc, int payloadType, String mid) {
    byte[] array = new byte[200];
    RtpPacketWriter writer =
        new RtpPacketWriter()
            .start(array, 0, array.length, false, payloadType, sequence++, sequence * 960, ssrc);
    byte[] text = mid.getBytes(StandardCharsets.US_ASCII);
    if (text.length > 0) {
      writer.extension(TransportPair.MID.id(), text, 0, text.length);
    }
    int length = writer.payload(TransportPair.opus(1), 0, 8).finish();
    transport.handleRtp(1, array, 0, length);
    RtpReceiver found = null;
    for (MediaEvent e = transport.pollEvent(); e != null; e = transport.pollEvent()) {
      if (e instanceof MediaEvent.FrameReceived frame) {
        found = frame.receiver();
      }
    }
    return found;
  }

  @Test
  void followsTheMidAndRemembersItForTheSsrc() {
    RtpReceiver first = receiver("a", OPUS);
    RtpReceiver second = receiver("b", OPUS);
    assertThat(arrivesAt(1, 111, "b")).isSameAs(second);
    assertThat(arrivesAt(1, 111, "")).isSameAs(second);
    assertThat(arrivesAt(2, 111, "a")).isSameAs(first);
    assertThat(arrivesAt(1, 111, "a")).isSameAs(first);
    assertThat(arrivesAt(1, 111, "")).isSameAs(first);
  }

  @Test
  void dropsAnUnknownMid() {
    receiver("a", OPUS);
    assertThat(arrivesAt(1, 111, "z")).isNull();
    assertThat(transport.counters().dropped(DropReason.UNKNOWN_MID)).isEqualTo(1);
  }

  @Test
  void followsTheAnnouncedSsrc() {
    receiver("a", OPUS);
    RtpReceiver second = receiver("b", OPUS, RtpEncoding.ofSsrc(77));
    assertThat(arrivesAt(77, 111, "")).isSameAs(second);
    assertThat(arrivesAt(78, 111, "")).isNull();
    assertThat(transport.counters().dropped(DropReason.UNROUTED)).isEqualTo(1);
  }

  @Test
  void followsAPayloadTypeThatOneSectionAloneHas() {
    RtpReceiver first = receiver("a", OPUS);
    RtpReceiver second = receiver("b", PCMU);
    assertThat(arrivesAt(5, 0, "")).isSameAs(second);
    assertThat(arrivesAt(6, 111, "")).isSameAs(first);
    assertThat(arrivesAt(6, 0, "")).isNull();
    assertThat(transport.counters().dropped(DropReason.UNKNOWN_PAYLOAD_TYPE)).isEqualTo(1);
  }

  @Test
  void keepsNoMoreStreamsThanItsCap() {
    receiver("a", OPUS);
    for (int ssrc = 1; ssrc <= 300; ssrc++) {
      arrivesAt(ssrc, 111, "");
    }
    assertThat(transport.counters().dropped(DropReason.TOO_MANY_STREAMS)).isEqualTo(44);
  }

  @Test
  void forgetsTheStreamsOfARemovedSection() {
    RtpReceiver first = receiver("a", OPUS);
    arrivesAt(1, 111, "a");
    transport.removeReceiver(first);
    assertThat(arrivesAt(1, 111, "")).isNull();
    RtpReceiver second = receiver("a", OPUS);
    assertThat(arrivesAt(1, 111, "")).isSameAs(second);
  }

  @Test
  void takesTheFramesOutOfRedundantData() {
    RtpReceiver receiver =
        transport.addReceiver(
            new RtpReceiveParameters(
                "a",
                MediaKind.AUDIO,
                List.of(OPUS, RtpCodec.of("audio/red", 63, 48_000, 2)),
                List.of(),
                List.of(),
                true));
    receiver.delivery(AudioDelivery.ARRIVAL);
    byte[] array = new byte[200];
    RtpPacketWriter writer =
        new RtpPacketWriter().start(array, 0, array.length, false, 63, 5, 4_800, 1);
    byte[] old = TransportPair.opus(1);
    byte[] headers = {(byte) 0x80 | 111, 0x0f, 0x00, (byte) old.length, 111};
    int length =
        writer
            .payload(headers, 0, headers.length)
            .payload(old, 0, old.length)
            .payload(TransportPair.opus(2), 0, 8)
            .finish();
    transport.handleRtp(1, array, 0, length);
    java.util.ArrayList<EncodedFrame> frames = new java.util.ArrayList<>();
    for (MediaEvent e = transport.pollEvent(); e != null; e = transport.pollEvent()) {
      if (e instanceof MediaEvent.FrameReceived frame) {
        frames.add(frame.frame());
      }
    }
    assertThat(frames).hasSize(2);
    assertThat(frames.get(0).rtpTimestamp()).isEqualTo(3_840);
    assertThat(frames.get(0).payload()).isEqualTo(old);
    assertThat(frames.get(1).rtpTimestamp()).isEqualTo(4_800);
    assertThat(frames.get(1).codec()).isEqualTo(OPUS);
  }
}
