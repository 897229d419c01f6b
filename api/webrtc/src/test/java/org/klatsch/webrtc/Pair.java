package org.klatsch.webrtc;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.klatsch.net.InterfaceFilter;
import org.klatsch.net.LoopOptions;
import org.klatsch.net.NetworkDriver;
import org.klatsch.sansio.AddressPrefix;

/// Two connections in this process that exchange candidates as they come.
final class Pair implements AutoCloseable {
  static final NetworkDriver NETWORK =
      new NetworkDriver(LoopOptions.DEFAULT.with().loops(2).build());

  final PeerConnectionFactory factory;
  final RTCPeerConnection a;
  final RTCPeerConnection b;

  Pair() {
    this((Executor) null);
  }

  Pair(@Nullable Executor executor) {
    this(options().withExecutor(executor));
  }

  Pair(PeerConnectionOptions options) {
    factory = new PeerConnectionFactory(options, NETWORK);
    a = factory.createPeerConnection();
    b = factory.createPeerConnection();
    a.addEventListener("icecandidate", (RTCPeerConnectionIceEvent e) -> b.addIceCandidate(init(e)));
    b.addEventListener("icecandidate", (RTCPeerConnectionIceEvent e) -> a.addIceCandidate(init(e)));
  }

  /// Loopback candidates, so that tests pass on a machine without network.
  static PeerConnectionOptions options() {
    return PeerConnectionOptions.DEFAULT.withInterfaces(
        InterfaceFilter.DEFAULT
            .withLoopback(true)
            .withAllowed(List.of(AddressPrefix.parse("127.0.0.0/8"))));
  }

  private static @Nullable RTCIceCandidateInit init(RTCPeerConnectionIceEvent e) {
    RTCIceCandidate candidate = e.candidate();
    return candidate == null ? null : candidate.toInit();
  }

  /// An offer of `a` answered by `b`.
  void negotiate() {
    negotiate(a, b);
  }

  static void negotiate(RTCPeerConnection offerer, RTCPeerConnection answerer) {
    await(offerer.setLocalDescription());
    await(answerer.setRemoteDescription(offerer.localDescription()));
    await(answerer.setLocalDescription());
    await(offerer.setRemoteDescription(answerer.localDescription()));
  }

  /// Opens a channel from `a` to `b` and connects.
  RTCDataChannel[] connect(String label, RTCDataChannelInit init) {
    CompletableFuture<RTCDataChannel> remote = new CompletableFuture<>();
    b.onDataChannel(e -> remote.complete(e.channel()));
    RTCDataChannel local = a.createDataChannel(label, init);
    CompletableFuture<Void> open = opened(local);
    negotiate();
    await(open);
    return new RTCDataChannel[] {local, await(remote)};
  }

  RTCDataChannel[] connect() {
    return connect("data", new RTCDataChannelInit());
  }

  static CompletableFuture<Void> opened(RTCDataChannel channel) {
    CompletableFuture<Void> open = new CompletableFuture<>();
    channel.onOpen(_ -> open.complete(null));
    return open;
  }

  static CompletableFuture<Void> closed(RTCDataChannel channel) {
    CompletableFuture<Void> closed = new CompletableFuture<>();
    channel.addEventListener("close", _ -> closed.complete(null));
    return closed;
  }

  static <T> T await(CompletableFuture<T> future) {
    try {
      return future.get(20, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    a.close();
    b.close();
    factory.close();
  }
}
