package org.klatsch.interop;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.klatsch.net.IpHandling;
import org.klatsch.testkit.Mutations;
import org.klatsch.webrtc.MessageEvent;
import org.klatsch.webrtc.PeerConnectionFactory;
import org.klatsch.webrtc.PeerConnectionOptions;
import org.klatsch.webrtc.RTCConfiguration;
import org.klatsch.webrtc.RTCDataChannel;
import org.klatsch.webrtc.RTCDataChannelInit;
import org.klatsch.webrtc.RTCDataChannelState;
import org.klatsch.webrtc.RTCIceGatheringState;
import org.klatsch.webrtc.RTCPeerConnection;
import org.klatsch.webrtc.RTCPeerConnectionState;
import org.klatsch.webrtc.RTCSdpType;
import org.klatsch.webrtc.RTCSessionDescriptionInit;
import org.klatsch.webrtc.RTCTransportStats;

/// Our side of an interop test: connects, and sends messages that the other side echoes.
final class EchoClient implements AutoCloseable {
  static final Duration LIMIT = Duration.ofSeconds(60);
  private static final long HIGH_WATER = 4 << 20;

  /// Real addresses: few of the others can look names up.
  static final PeerConnectionOptions OPEN =
      PeerConnectionOptions.DEFAULT
          .withIpHandling(IpHandling.ALL_ADDRESSES)
          .withLoopbackCandidates(true);

  private final PeerConnectionFactory factory;
  final RTCPeerConnection connection;
  final BlockingQueue<RTCDataChannel> announced = new LinkedBlockingQueue<>();
  private final CompletableFuture<Void> gathered = new CompletableFuture<>();
  private final CompletableFuture<Void> connected = new CompletableFuture<>();

  EchoClient() {
    this(new RTCConfiguration());
  }

  EchoClient(RTCConfiguration configuration) {
    this(configuration, OPEN);
  }

  EchoClient(RTCConfiguration configuration, PeerConnectionOptions options) {
    factory = new PeerConnectionFactory(options);
    connection = factory.createPeerConnection(configuration);
    connection.onIceGatheringStateChange(_ -> {
      if (connection.iceGatheringState() == RTCIceGatheringState.COMPLETE) {
        gathered.complete(null);
      }
    });
    connection.onConnectionStateChange(_ -> {
      RTCPeerConnectionState state = connection.connectionState();
      if (state == RTCPeerConnectionState.CONNECTED) {
        connected.complete(null);
      } else if (state == RTCPeerConnectionState.FAILED) {
        connected.completeExceptionally(new IOException("connection " + state));
      }
    });
    connection.onDataChannel(event -> announced.add(event.channel()));
  }

  /// The local description once all candidates are in it.
  String completeLocalSdp() throws Exception {
    connection.setLocalDescription().get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    gathered.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    var description = connection.localDescription();
    if (description == null) {
      throw new IOException("no local description");
    }
    return description.sdp();
  }

  /// Exchanges descriptions with a peer whose role is `offer` or `answer`.
  ///
  /// @param addTracks runs before our description is made, after theirs has been taken if they
  ///   offer
  /// @return the channel `bulk`, which the offerer opens
  RTCDataChannel connect(ForeignPeer peer, Path signal, String role, Runnable addTracks)
      throws Exception {
    if (role.equals("offer")) {
      String offer = peer.awaitDescription(signal, "offer", LIMIT);
      connection.setRemoteDescription(new RTCSessionDescriptionInit(RTCSdpType.OFFER, offer)).get();
      addTracks.run();
      ForeignPeer.writeDescription(signal, "answer", completeLocalSdp());
      return awaitChannel("bulk");
    }
    RTCDataChannel bulk = connection.createDataChannel("bulk");
    addTracks.run();
    ForeignPeer.writeDescription(signal, "offer", completeLocalSdp());
    String answer = peer.awaitDescription(signal, "answer", LIMIT);
    connection.setRemoteDescription(new RTCSessionDescriptionInit(RTCSdpType.ANSWER, answer)).get();
    return awaitOpen(bulk);
  }

  /// What the transport of the connection says of itself.
  RTCTransportStats transport() throws Exception {
    return connection.getStats().get(LIMIT.toSeconds(), TimeUnit.SECONDS).stream(
            RTCTransportStats.class)
        .findFirst()
        .orElseThrow();
  }

  void awaitConnected() throws Exception {
    connected.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
  }

  /// The channel that the other side has opened.
  RTCDataChannel awaitChannel(String label) throws Exception {
    RTCDataChannel channel = announced.poll(LIMIT.toSeconds(), TimeUnit.SECONDS);
    if (channel == null || !channel.label().equals(label)) {
      throw new IOException("channel " + label + " expected, not " + channel);
    }
    return awaitOpen(channel);
  }

  RTCDataChannel open(String label, RTCDataChannelInit init) throws Exception {
    return awaitOpen(connection.createDataChannel(label, init));
  }

  static RTCDataChannel awaitOpen(RTCDataChannel channel) throws Exception {
    CountDownLatch open = new CountDownLatch(1);
    channel.onOpen(_ -> open.countDown());
    if (channel.readyState() != RTCDataChannelState.OPEN
        && !open.await(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
      throw new IOException(
          "channel " + channel.label() + " does not open: " + channel.readyState());
    }
    return channel;
  }

  /// How large messages are, in bytes.
  record Sizes(int least, int most) {}

  /// Message `index` of a seed: text or binary of a random size.
  private static Object message(long seed, int index, Sizes sizes) {
    SplittableRandom random = new SplittableRandom(seed * 1_000_003 + index);
    byte[] bytes = new byte[Math.max(sizes.least, Mutations.messageSize(random, sizes.most))];
    random.nextBytes(bytes);
    if (random.nextInt(4) > 0) {
      return bytes;
    }
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (' ' + (bytes[i] & 0x3f));
    }
    return new String(bytes, StandardCharsets.US_ASCII);
  }

  /// Sends random messages of `bytes` bytes in total and compares every echo with what was sent.
  ///
  /// @return how many messages went there and back
  static int exchange(RTCDataChannel channel, long seed, long bytes, Sizes sizes, Duration limit)
      throws Exception {
    int total = 0;
    for (long sum = 0; sum < bytes; total++) {
      Object next = message(seed, total, sizes);
      sum += next instanceof byte[] b ? b.length : ((String) next).length();
    }
    int count = total;
    CompletableFuture<Void> done = new CompletableFuture<>();
    int[] received = new int[1];
    channel.onMessage(event -> {
      int index = received[0]++;
      if (!same(event, message(seed, index, sizes))) {
        done.completeExceptionally(
            new AssertionError(
                "echo " + index + " of seed " + seed + " differs: " + describe(event)));
      } else if (index + 1 == count) {
        done.complete(null);
      }
    });
    Semaphore room = new Semaphore(0);
    channel.bufferedAmountLowThreshold(HIGH_WATER / 4);
    channel.onBufferedAmountLow(_ -> room.release());
    long deadline = System.nanoTime() + limit.toNanos();
    for (int i = 0; i < count; i++) {
      while (channel.bufferedAmount() > HIGH_WATER && !done.isDone()) {
        if (System.nanoTime() > deadline) {
          throw new IOException(received[0] + " of " + count + " messages echoed, " + i + " sent");
        }
        room.tryAcquire(100, TimeUnit.MILLISECONDS);
      }
      if (message(seed, i, sizes) instanceof String text) {
        channel.send(text);
      } else {
        channel.send((byte[]) message(seed, i, sizes));
      }
    }
    try {
      done.get(Math.max(1, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
    } catch (java.util.concurrent.TimeoutException e) {
      throw new IOException(received[0] + " of " + count + " messages echoed, all sent", e);
    }
    return count;
  }

  private static boolean same(MessageEvent event, Object expected) {
    return expected instanceof byte[] bytes
        ? Arrays.equals(bytes, event.bytes())
        : expected.equals(event.text());
  }

  private static String describe(MessageEvent event) {
    byte[] bytes = event.bytes();
    return bytes == null
        ? "text of " + event.data().toString().length()
        : "binary of " + bytes.length;
  }

  /// Sends `count` small messages and waits until all have come back, in any order.
  static void exchangeUnordered(RTCDataChannel channel, int count) throws Exception {
    boolean[] seen = new boolean[count];
    CountDownLatch all = new CountDownLatch(count);
    channel.onMessage(event -> {
      int index = Integer.parseInt(event.data().toString());
      if (!seen[index]) {
        seen[index] = true;
        all.countDown();
      }
    });
    for (int i = 0; i < count; i++) {
      channel.send(Integer.toString(i));
    }
    if (!all.await(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
      throw new IOException(
          all.getCount() + " of " + count + " echoes missing on " + channel.label());
    }
  }

  @Override
  public void close() {
    connection.close();
    factory.close();
  }
}
