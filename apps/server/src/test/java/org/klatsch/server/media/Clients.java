package org.klatsch.server.media;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.klatsch.media.EncodedAudioFrame;
import org.klatsch.media.EncodedFrame;
import org.klatsch.media.EncodedVideoFrame;
import org.klatsch.media.RtpCodec;
import org.klatsch.net.InterfaceFilter;
import org.klatsch.peer.jsep.MediaCapabilities;
import org.klatsch.sansio.AddressPrefix;
import org.klatsch.webrtc.EncodedTrackSink;
import org.klatsch.webrtc.EncodedTrackSource;
import org.klatsch.webrtc.PeerConnectionFactory;
import org.klatsch.webrtc.PeerConnectionOptions;
import org.klatsch.webrtc.RTCIceGatheringState;
import org.klatsch.webrtc.RTCPeerConnection;
import org.klatsch.webrtc.RTCRtpTransceiverDirection;
import org.klatsch.webrtc.RTCRtpTransceiverInit;
import org.klatsch.webrtc.TcpCandidates;

/// Publishers and players on the loopback address whose frames only look like those of codecs, so
/// that no codec is needed.
public final class Clients implements AutoCloseable {
  public static final long PATIENCE_SECONDS = 30;

  private static final RtpCodec VP8 = RtpCodec.of("video/VP8", 96, 90_000, 1);
  private static final RtpCodec OPUS = RtpCodec.of("audio/opus", 111, 48_000, 2);

  public final PeerConnectionFactory factory =
      new PeerConnectionFactory(
          PeerConnectionOptions.DEFAULT
              .withMedia(MediaCapabilities.standard())
              .withTcpCandidates(TcpCandidates.ACTIVE)
              .withInterfaces(
                  InterfaceFilter.DEFAULT
                      .withLoopback(true)
                      .withAllowed(List.of(AddressPrefix.parse("127.0.0.0/8")))));

  /// Sends sound and pictures until closed.
  public final class Publisher implements AutoCloseable {
    public final RTCPeerConnection connection = factory.createPeerConnection();
    private final EncodedTrackSource audio = new EncodedTrackSource("audio");
    private final EncodedTrackSource video = new EncodedTrackSource("video");
    private final LinkedBlockingQueue<Boolean> keyFramesWanted = new LinkedBlockingQueue<>();
    public final LinkedBlockingQueue<Integer> keyFrames = new LinkedBlockingQueue<>();
    private final Thread thread;
    private volatile boolean closed;

    Publisher() {
      RTCRtpTransceiverInit sends =
          new RTCRtpTransceiverInit().withDirection(RTCRtpTransceiverDirection.SENDONLY);
      connection.addTransceiver(audio.track(), sends);
      connection.addTransceiver(video.track(), sends);
      video.onKeyFrameRequested(() -> keyFramesWanted.add(true));
      thread = Thread.ofVirtual().start(this::run);
    }

    private void run() {
      try {
        boolean key = true;
        for (int i = 0; !closed; i++) {
          byte[] sound = new byte[80];
          Arrays.fill(sound, (byte) i);
          sound[0] = 120;
          long now = System.nanoTime();
          audio.push(EncodedAudioFrame.of(OPUS, sound, 960 * i, 960, now));
          if (i % 2 == 0) {
            if (key) {
              keyFrames.add(i);
            }
            video.push(EncodedVideoFrame.of(VP8, picture(key, i), 1800 * i, key, now));
            key = false;
          }
          key |= keyFramesWanted.poll(20, TimeUnit.MILLISECONDS) != null;
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    public void close() {
      closed = true;
      thread.interrupt();
      connection.close();
    }
  }

  /// The header of RFC 6386 §9.1 and some bytes behind it.
  private static byte[] picture(boolean key, int number) {
    byte[] picture = new byte[1500];
    Arrays.fill(picture, (byte) number);
    byte[] header =
        key
            ? new byte[] {0x10, 0x20, 0, (byte) 0x9d, 1, 0x2a, 64, 0, 48, 0}
            : new byte[] {0x11, 0x20, 0};
    System.arraycopy(header, 0, picture, 0, header.length);
    return picture;
  }

  /// Takes sound and pictures.
  public final class Player implements AutoCloseable {
    public final RTCPeerConnection connection = factory.createPeerConnection();
    public final LinkedBlockingQueue<EncodedFrame> audio = new LinkedBlockingQueue<>();
    public final LinkedBlockingQueue<EncodedFrame> video = new LinkedBlockingQueue<>();

    Player() {
      RTCRtpTransceiverInit receives =
          new RTCRtpTransceiverInit().withDirection(RTCRtpTransceiverDirection.RECVONLY);
      connection.addTransceiver("audio", receives);
      connection.addTransceiver("video", receives);
      connection.onTrack(event -> {
        var queue = event.track().kind().equals("audio") ? audio : video;
        @SuppressWarnings("resource") // lives as long as the track
        var _ = new EncodedTrackSink(event.track(), queue::add);
      });
    }

    /// Waits for some frames of both kinds.
    public void awaitFrames(int count) throws InterruptedException {
      take(audio, count);
      take(video, count);
    }

    private static void take(LinkedBlockingQueue<EncodedFrame> queue, int count)
        throws InterruptedException {
      for (int i = 0; i < count; i++) {
        if (queue.poll(PATIENCE_SECONDS, TimeUnit.SECONDS) == null) {
          throw new AssertionError("frame " + i + " of " + count + " did not come");
        }
      }
    }

    @Override
    public void close() {
      connection.close();
    }
  }

  public Publisher publisher() {
    return new Publisher();
  }

  public Player player() {
    return new Player();
  }

  /// An offer with all candidates.
  public static String offer(RTCPeerConnection connection) throws Exception {
    CompletableFuture<@Nullable Void> gathered = new CompletableFuture<>();
    connection.onIceGatheringStateChange(_ -> {
      if (connection.iceGatheringState() == RTCIceGatheringState.COMPLETE) {
        gathered.complete(null);
      }
    });
    connection.setLocalDescription().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    gathered.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    var description = connection.localDescription();
    if (description == null) {
      throw new AssertionError("no description");
    }
    return description.sdp();
  }

  @Override
  public void close() {
    factory.close();
  }
}
