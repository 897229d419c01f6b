package org.klatsch.media;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.List;
import java.util.SplittableRandom;
import org.klatsch.media.audio.AudioPlayout;
import org.klatsch.rtp.RtpPacket;
import org.klatsch.sansio.Pump;
import org.klatsch.sansio.TransmitBuffer;

/// Any bytes, at any time, into a transport that sends and receives: nothing is thrown, and it gets
/// quiet.
final class RtpTransportFuzzTest {
  private static final int MAX_PACKETS = 64;

  @FuzzTest(maxDuration = "30s")
  void anyPacketsOnlyEverGetDropped(FuzzedDataProvider data) {
    RtpTransport transport = new RtpTransport(RtpTransportOptions.DEFAULT, new SplittableRandom(1));
    transport.connect(0);
    RtpSender sender = transport.addSender(TransportPair.sendAudio(1));
    RtpReceiver receiver = transport.addReceiver(TransportPair.receiveAudio());
    AudioPlayout<EncodedAudioFrame> playout = new AudioPlayout<>();
    TransmitBuffer out = new TransmitBuffer(64, 2_048);
    long now = 0;
    for (int i = 0; i < MAX_PACKETS && data.remainingBytes() > 0; i++) {
      now += data.consumeInt(0, 200_000_000);
      byte[] bytes = data.consumeBytes(data.consumeInt(0, 300));
      if (RtpPacket.isRtcp(bytes, 0, bytes.length)) {
        transport.handleRtcp(now, bytes, 0, bytes.length);
      } else {
        transport.handleRtp(now, bytes, 0, bytes.length);
      }
      sender.send(
          now, EncodedAudioFrame.of(TransportPair.OPUS, TransportPair.opus(i), i * 960, 960, now));
      if (data.consumeBoolean()) {
        receiver.pull(now, data.consumeInt(1, 5_760), data.consumeInt(0, 960), playout);
      }
      for (int turn = 0; Pump.run(transport, now, out, e -> {}) <= now; turn++) {
        out.clear();
        if (turn > 100) {
          throw new AssertionError("does not get quiet at " + now);
        }
      }
      out.clear();
    }
    if (List.copyOf(transport.receivers()).size() != 1) {
      throw new AssertionError("receivers " + transport.receivers());
    }
  }

  /// The same for video in every wrapping: RED, ULPFEC, FlexFEC and retransmissions.
  @FuzzTest(maxDuration = "30s")
  void anyPacketsOfProtectedVideoOnlyEverGetDropped(FuzzedDataProvider data) {
    RtpTransport transport = new RtpTransport(RtpTransportOptions.DEFAULT, new SplittableRandom(1));
    transport.connect(0);
    List<RtpCodec> codecs =
        List.of(
            TransportPair.VP8,
            TransportPair.RTX,
            TransportPair.VIDEO_RED,
            TransportPair.RED_RTX,
            TransportPair.ULPFEC,
            TransportPair.FLEXFEC_03,
            TransportPair.FLEXFEC);
    RtpSender sender =
        transport.addSender(
            TransportPair.sendVideo(1)
                .withCodecs(codecs)
                .withEncodings(List.of(RtpEncoding.ofSsrc(1).withSsrcs(1, 2, 0))));
    transport.addReceiver(
        TransportPair.receiveVideo()
            .withCodecs(codecs)
            .withEncodings(List.of(RtpEncoding.ofSsrc(7).withSsrcs(7, 8, 9))));
    TransmitBuffer out = new TransmitBuffer(64, 2_048);
    long now = 0;
    for (int i = 0; i < MAX_PACKETS && data.remainingBytes() > 0; i++) {
      now += data.consumeInt(0, 200_000_000);
      byte[] bytes = data.consumeBytes(data.consumeInt(0, 300));
      if (RtpPacket.isRtcp(bytes, 0, bytes.length)) {
        transport.handleRtcp(now, bytes, 0, bytes.length);
      } else {
        transport.handleRtp(now, bytes, 0, bytes.length);
      }
      sender.send(
          now,
          EncodedVideoFrame.of(
              TransportPair.VP8,
              VideoSource.frame(i, i % 8 == 0, 1_500),
              i * 3_000,
              i % 8 == 0,
              now));
      for (int turn = 0; Pump.run(transport, now, out, e -> {}) <= now; turn++) {
        out.clear();
        if (turn > 1_000) {
          throw new AssertionError("does not get quiet at " + now);
        }
      }
      out.clear();
    }
  }
}
