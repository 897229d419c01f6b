package org.klatsch.media;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.klatsch.media.audio.AudioJitterBuffer;
import org.klatsch.media.audio.AudioJitterOptions;
import org.klatsch.media.audio.AudioPlayout;
import org.klatsch.media.audio.FrameKind;
import org.klatsch.rtp.NtpTime;
import org.klatsch.rtp.RtpPacket;
import org.klatsch.testkit.Host;
import org.klatsch.testkit.LinkOptions;
import org.klatsch.testkit.Seeds;
import org.klatsch.testkit.Simulation;

/// Lips and voice: audio and video of one sender that take different ways through the network.
@Tag("simulation")
class SynchronisationTest {
  private static final int AUDIO = 0x1111_0000;
  private static final int VIDEO = 0x2222_0000;
  private static final int PORT = 5_004;
  private static final long MS = 1_000_000;

  /// A sender on two hosts, so that audio and video have links of their own, and who hears and
  /// sees.
  private static final class Call {
    final Simulation simulation;
    final RtpTransport receiving;
    final RtpReceiver listener;
    final RtpReceiver viewer;
    final double drift;

    /// Of what was played since [#forget]: when, less when it was captured.
    final List<Long> audio = new ArrayList<>();

    final List<Long> video = new ArrayList<>();
    final List<Long> playoutTimes = new ArrayList<>();
    final List<EncodedAudioFrame> arrived = new ArrayList<>();

    Call(long seed, LinkOptions audioLink, LinkOptions videoLink, double drift, String cname) {
      this.drift = drift;
      simulation = new Simulation(seed);
      Host near = simulation.network().internet().host("192.0.2.1", audioLink, LinkOptions.PERFECT);
      Host far = simulation.network().internet().host("192.0.2.2", videoLink, LinkOptions.PERFECT);
      Host player =
          simulation
              .network()
              .internet()
              .host("192.0.2.3", LinkOptions.PERFECT.delayMillis(20), LinkOptions.PERFECT);
      receiving = new RtpTransport(RtpTransportOptions.DEFAULT, simulation.random());
      simulation
          .add(
              player,
              receiving,
              (now, local, remote, ecn, array, offset, length) -> {
                if (RtpPacket.isRtcp(array, offset, length)) {
                  receiving.handleRtcp(now, array, offset, length);
                } else {
                  receiving.handleRtp(now, array, offset, length);
                }
              },
              this::handle)
          .route(player.address(PORT), near.address(PORT));
      listener = receiving.addReceiver(TransportPair.receiveAudio());
      viewer = receiving.addReceiver(TransportPair.receiveVideo());
      receiving.connect(0);
      talk(sender(near, player), TransportPair.sendAudio(AUDIO));
      RtpSendParameters sent = TransportPair.sendVideo(VIDEO);
      show(
          sender(far, player),
          new RtpSendParameters(
              sent.mid(),
              cname,
              sent.kind(),
              sent.codecs(),
              sent.headerExtensions(),
              sent.encodings(),
              true));
    }

    private void handle(MediaEvent event) {
      if (event instanceof MediaEvent.FrameReceived e) {
        switch (e.frame()) {
          case EncodedVideoFrame frame -> {
            video.add(e.playoutTime() - VideoSource.number(frame) * 33_333_333L);
            playoutTimes.add(e.playoutTime());
          }
          case EncodedAudioFrame frame -> arrived.add(frame);
        }
      }
    }

    private RtpTransport sender(Host host, Host player) {
      RtpTransport transport = new RtpTransport(RtpTransportOptions.DEFAULT, simulation.random());
      transport.wallClock(0, NtpTime.ofEpoch(1_767_225_600, 0));
      transport.connect(0);
      simulation
          .add(
              host,
              transport,
              (now, local, remote, ecn, array, offset, length) -> {
                if (RtpPacket.isRtcp(array, offset, length)) {
                  transport.handleRtcp(now, array, offset, length);
                }
              },
              event -> {})
          .route(host.address(PORT), player.address(PORT));
      return transport;
    }

    private void talk(RtpTransport transport, RtpSendParameters parameters) {
      RtpSender sender = transport.addSender(parameters);
      int[] number = {0};
      Runnable[] step = new Runnable[1];
      step[0] =
          () -> {
            int n = number[0]++;
            sender.send(
                simulation.now(),
                EncodedAudioFrame.of(
                    TransportPair.OPUS, TransportPair.opus(n), n * 960, 960, simulation.now()));
            // The sound card's crystal.
            simulation.after(Duration.ofNanos((long) (20 * MS * (1 + drift))), step[0]);
          };
      step[0].run();
    }

    private void show(RtpTransport transport, RtpSendParameters parameters) {
      RtpSender sender = transport.addSender(parameters);
      int[] number = {0};
      Runnable[] step = new Runnable[1];
      step[0] =
          () -> {
            int n = number[0]++;
            byte[] payload = VideoSource.frame(n, n % 100 == 0, 2_000);
            sender.send(
                simulation.now(),
                EncodedVideoFrame.of(
                    TransportPair.VP8, payload, n * 3_000, n % 100 == 0, simulation.now()));
            simulation.after(Duration.ofNanos(33_333_333), step[0]);
          };
      step[0].run();
    }

    private void heard(long now, AudioPlayout<EncodedAudioFrame> playout, int[] buffered) {
      for (int i = 0; i < playout.size(); i++) {
        EncodedAudioFrame frame = playout.frame(i);
        if (frame != null) {
          int number = (frame.payload()[1] & 0xff) << 8 | frame.payload()[2] & 0xff;
          audio.add(
              now
                  + buffered[0] * 1_000_000_000L / 48_000
                  - (long) (number * 20 * MS * (1 + drift)));
        }
        buffered[0] += playout.samples(i);
        switch (playout.operation(i)) {
          case ACCELERATE -> buffered[0] -= 384;
          case PREEMPTIVE_EXPAND -> buffered[0] += 384;
          default -> {}
        }
      }
    }

    /// Plays by the receiver's own jitter buffer.
    void listen() {
      AudioPlayout<EncodedAudioFrame> playout = new AudioPlayout<>();
      int[] buffered = new int[1];
      Runnable[] step = new Runnable[1];
      step[0] =
          () -> {
            listener.pull(simulation.now(), 480, buffered[0], playout);
            heard(simulation.now(), playout, buffered);
            buffered[0] = Math.max(0, buffered[0] - 480);
            simulation.after(Duration.ofMillis(10), step[0]);
          };
      step[0].run();
    }

    void forget() {
      audio.clear();
      video.clear();
    }

    /// By how much audio is later than video on average, in milliseconds.
    double offset() {
      return (mean(audio) - mean(video)) / MS;
    }

    private static double mean(List<Long> list) {
      return list.stream().mapToLong(l -> l).average().orElseThrow();
    }
  }

  private static LinkOptions link(int delay, int jitter) {
    return LinkOptions.PERFECT.delayMillis(delay).jitter(Duration.ofMillis(jitter), true);
  }

  @ParameterizedTest
  @CsvSource({
    "20, 5, 20, 5, 0",
    "20, 10, 220, 60, 0",
    "250, 60, 30, 10, 0",
    "30, 20, 330, 20, 200e-6",
    "300, 20, 30, 40, -200e-6",
  })
  void voiceAndLipsAreTogether(
      int audioDelay, int audioJitter, int videoDelay, int videoJitter, double drift) {
    Seeds.forEach(
        1,
        seed -> {
          Call call =
              new Call(
                  seed,
                  link(audioDelay, audioJitter),
                  link(videoDelay, videoJitter),
                  drift,
                  "someone");
          call.listen();
          call.simulation.runFor(Duration.ofSeconds(20));
          double worst = 0;
          for (int i = 0; i < 20; i++) {
            call.forget();
            call.simulation.runFor(Duration.ofSeconds(2));
            worst = Math.abs(call.offset()) > Math.abs(worst) ? call.offset() : worst;
          }
          System.out.printf(
              "audio %d+%d ms, video %d+%d ms, drift %.0f ppm, seed %d: worst offset %.1f ms%n",
              audioDelay, audioJitter, videoDelay, videoJitter, 1e6 * drift, seed, worst);
          assertThat(worst).isBetween(-40.0, 40.0);
          // Nobody waits longer than for the slower one.
          assertThat(Call.mean(call.audio) / MS)
              .isLessThan(Math.max(audioDelay + audioJitter, videoDelay + videoJitter) + 70.0);
        });
  }

  @Test
  void streamsOfDifferentSendersAreLeftAlone() {
    Call call = new Call(1, link(20, 0), link(300, 0), 0, "somebody else");
    call.listen();
    call.simulation.runFor(Duration.ofSeconds(20));
    call.forget();
    call.simulation.runFor(Duration.ofSeconds(5));
    assertThat(call.offset()).isLessThan(-200);
    assertThat(call.listener.synchronisationDelay()).isZero();
  }

  @Test
  void aPlayoutOfTheApplicationsOwnIsFollowed() {
    Call call = new Call(2, link(200, 20), link(30, 10), 0, "someone");
    call.listener.delivery(AudioDelivery.ARRIVAL);
    // As the API does: a buffer of its own, behind it 50 ms of a sound device.
    AudioJitterBuffer<EncodedAudioFrame> buffer =
        new AudioJitterBuffer<>(AudioJitterOptions.DEFAULT, 48_000);
    AudioPlayout<EncodedAudioFrame> playout = new AudioPlayout<>();
    int[] buffered = new int[1];
    Runnable[] step = new Runnable[1];
    step[0] =
        () -> {
          long now = call.simulation.now();
          for (EncodedAudioFrame frame : call.arrived) {
            buffer.insert(
                frame.captureTime(), frame.rtpTimestamp(), 960, FrameKind.AUDIO, true, frame);
          }
          call.arrived.clear();
          buffer.minimumDelay(call.listener.synchronisationDelay());
          buffer.pull(now, 480, buffered[0], playout);
          call.heard(now + 50 * MS, playout, buffered);
          buffered[0] = Math.max(0, buffered[0] - 480);
          if (buffer.isPlaying()) {
            call.listener.notePlayout(buffer.neededDelay(), buffer.playoutDelay() + 50 * MS);
          }
          call.simulation.after(Duration.ofMillis(10), step[0]);
        };
    step[0].run();
    call.simulation.runFor(Duration.ofSeconds(20));
    call.forget();
    call.simulation.runFor(Duration.ofSeconds(10));
    assertThat(call.offset()).isBetween(-40.0, 40.0);
  }

  @Test
  void videoIsNeverShownOutOfOrder() {
    Call call = new Call(3, link(300, 0), link(20, 80), 0, "someone");
    call.listen();
    call.simulation.runFor(Duration.ofSeconds(30));
    assertThat(call.playoutTimes).isSorted().hasSizeGreaterThan(800);
  }
}
