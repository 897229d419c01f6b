package org.klatsch.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.klatsch.net.InterfaceFilter;
import org.klatsch.sansio.AddressPrefix;
import org.klatsch.webrtc.PeerConnectionFactory;
import org.klatsch.webrtc.PeerConnectionOptions;
import org.klatsch.webrtc.RTCDataChannel;
import org.klatsch.webrtc.RTCDataChannelInit;
import org.klatsch.webrtc.RTCIceCandidate;
import org.klatsch.webrtc.RTCIceGatheringState;
import org.klatsch.webrtc.RTCPeerConnection;
import org.klatsch.webrtc.RTCPeerConnectionState;
import org.klatsch.webrtc.RTCSdpType;
import org.klatsch.webrtc.RTCSessionDescriptionInit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Klatsch behind the command line of the foreign peers (`testing/interop/peers/README.md`), with
/// one option more: `--executor direct` runs listeners on the event loop.
public final class BenchPeer {
  private static final long HIGH_WATER = 8 << 20;
  private static final long LOW_WATER = 2 << 20;
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final Map<String, String> options = new HashMap<>();
  private final PeerConnectionFactory factory;
  private final CompletableFuture<ObjectNode> outcome = new CompletableFuture<>();
  private volatile boolean finished;
  private volatile long start = System.nanoTime();

  private BenchPeer(String[] arguments) {
    for (int i = 0; i < arguments.length; i++) {
      String name = arguments[i];
      if (!name.startsWith("--")) {
        throw new IllegalArgumentException("argument " + name + ": --name expected");
      }
      if (name.equals("--loopback")) {
        options.put(name, "true");
      } else if (i + 1 < arguments.length) {
        options.put(name, arguments[++i]);
      } else {
        throw new IllegalArgumentException(name + " needs a value");
      }
    }
    PeerConnectionOptions o = PeerConnectionOptions.DEFAULT;
    if (options.containsKey("--loopback")) {
      o =
          o.withInterfaces(
              InterfaceFilter.DEFAULT
                  .withLoopback(true)
                  .withAllowed(List.of(AddressPrefix.parse("127.0.0.0/8"))));
    }
    if (text("--executor", "default").equals("direct")) {
      o = o.withExecutor(Runnable::run);
    }
    factory = new PeerConnectionFactory(o);
  }

  /// Runs one mode and prints its result as the last line.
  public static void main(String[] arguments) throws Exception {
    int status = 0;
    try {
      ObjectNode result = new BenchPeer(arguments).run();
      result.put("ok", true);
      result.put("cpuSeconds", cpuSeconds());
      result.put("rssKb", rssKb());
      System.out.println(result);
    } catch (Exception e) {
      System.err.println(e);
      status = 1;
    }
    System.exit(status);
  }

  private String text(String name, String value) {
    return options.getOrDefault(name, value);
  }

  private long number(String name, long value) {
    return Long.parseLong(text(name, Long.toString(value)));
  }

  private static double cpuSeconds() {
    var system =
        (com.sun.management.OperatingSystemMXBean)
            java.lang.management.ManagementFactory.getOperatingSystemMXBean();
    return system.getProcessCpuTime() * 1e-9;
  }

  private static long rssKb() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith("VmRSS:")) {
        return Long.parseLong(line.replaceAll("\\D+", ""));
      }
    }
    return 0;
  }

  private ObjectNode run() throws Exception {
    switch (text("--mode", "echo")) {
      case "pairs" -> {
        return pairs();
      }
      case "idle" -> {
        return idle();
      }
      default -> connect();
    }
    return outcome.get();
  }

  private void connect() throws Exception {
    RTCPeerConnection peer = factory.createPeerConnection();
    CountDownLatch gathered = new CountDownLatch(1);
    peer.onIceGatheringStateChange(_ -> {
      if (peer.iceGatheringState() == RTCIceGatheringState.COMPLETE) {
        gathered.countDown();
      }
    });
    peer.onConnectionStateChange(_ -> {
      RTCPeerConnectionState state = peer.connectionState();
      if (!finished
          && (state == RTCPeerConnectionState.FAILED || state == RTCPeerConnectionState.CLOSED)) {
        outcome.completeExceptionally(new IOException("connection " + state));
      }
    });
    peer.onDataChannel(event -> use(peer, event.channel()));
    Path signal = Path.of(text("--signal", "."));
    if (text("--role", "answer").equals("offer")) {
      use(peer, peer.createDataChannel("bulk"));
      peer.setLocalDescription().get();
      gathered.await();
      write(signal, peer);
      RTCSessionDescriptionInit answer = read(signal, RTCSdpType.ANSWER);
      start = System.nanoTime();
      peer.setRemoteDescription(answer).get();
    } else {
      RTCSessionDescriptionInit offer = read(signal, RTCSdpType.OFFER);
      start = System.nanoTime();
      peer.setRemoteDescription(offer).get();
      peer.setLocalDescription().get();
      gathered.await();
      write(signal, peer);
    }
  }

  private static void write(Path signal, RTCPeerConnection peer) throws IOException {
    var description = peer.localDescription();
    if (description == null) {
      throw new IOException("no local description");
    }
    String type = description.type().toString();
    Path part = signal.resolve(type + ".json.part");
    Files.writeString(
        part, JSON.createObjectNode().put("type", type).put("sdp", description.sdp()).toString());
    Files.move(part, signal.resolve(type + ".json"), StandardCopyOption.ATOMIC_MOVE);
  }

  private static RTCSessionDescriptionInit read(Path signal, RTCSdpType type)
      throws IOException, InterruptedException {
    Path file = signal.resolve(type + ".json");
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!Files.exists(file)) {
      if (System.nanoTime() > deadline) {
        throw new IOException("no " + file + " after 60 s");
      }
      TimeUnit.MILLISECONDS.sleep(1);
    }
    JsonNode description = JSON.readTree(Files.readString(file));
    return new RTCSessionDescriptionInit(type, description.get("sdp").asString());
  }

  private void use(RTCPeerConnection peer, RTCDataChannel channel) {
    switch (text("--mode", "echo")) {
      case "echo" -> echo(peer, channel);
      case "sink" -> sink(channel);
      case "source" -> onceOpen(channel, () -> source(channel));
      case "ping" -> onceOpen(channel, () -> ping(channel));
      default -> throw new IllegalArgumentException("mode " + text("--mode", ""));
    }
  }

  private interface Body {
    ObjectNode run() throws Exception;
  }

  private void onceOpen(RTCDataChannel channel, Body body) {
    channel.onOpen(_ ->
        Thread.ofPlatform()
            .name("bench")
            .start(() -> {
              try {
                outcome.complete(body.run());
              } catch (Exception e) {
                outcome.completeExceptionally(e);
              }
            }));
  }

  private double connectMs() {
    return (System.nanoTime() - start) * 1e-6;
  }

  private void echo(RTCPeerConnection peer, RTCDataChannel channel) {
    if (channel.label().equals("control")) {
      channel.onMessage(event -> command(peer, event.data().toString()));
      return;
    }
    channel.onMessage(event -> {
      String text = event.text();
      byte[] bytes = event.bytes();
      if (text != null) {
        channel.send(text);
      } else if (bytes != null) {
        channel.send(bytes);
      }
      channel.receivePaused(channel.bufferedAmount() > HIGH_WATER);
    });
    channel.bufferedAmountLowThreshold(LOW_WATER);
    channel.onBufferedAmountLow(_ -> channel.receivePaused(false));
  }

  private void command(RTCPeerConnection peer, String command) {
    if (command.equals("exit")) {
      finished = true;
      outcome.complete(JSON.createObjectNode());
      return;
    }
    JsonNode open = JSON.readTree(command).get("open");
    RTCDataChannelInit init =
        new RTCDataChannelInit()
            .withOrdered(open.path("ordered").asBoolean(true))
            .withMaxRetransmits(integer(open, "maxRetransmits"))
            .withMaxPacketLifeTime(integer(open, "maxPacketLifeTime"))
            .withProtocol(open.path("protocol").asString(""))
            .withNegotiated(open.path("negotiated").asBoolean(false))
            .withId(integer(open, "id"));
    echo(peer, peer.createDataChannel(open.path("label").asString(""), init));
  }

  private static @Nullable Integer integer(JsonNode node, String name) {
    return node.hasNonNull(name) ? node.get(name).asInt() : null;
  }

  private ObjectNode source(RTCDataChannel channel) throws Exception {
    double connectMs = connectMs();
    Semaphore room = new Semaphore(0);
    CountDownLatch done = new CountDownLatch(1);
    channel.bufferedAmountLowThreshold(LOW_WATER);
    channel.onBufferedAmountLow(_ -> room.release());
    channel.onMessage(event -> {
      if ("ok".equals(event.text())) {
        finished = true;
        done.countDown();
      }
    });
    byte[] message = new byte[(int) number("--size", 65_536)];
    long bytes = number("--bytes", 0);
    double seconds = Double.parseDouble(text("--seconds", "0"));
    long sent = 0;
    long began = System.nanoTime();
    while (seconds > 0 ? (System.nanoTime() - began) * 1e-9 < seconds : sent < bytes) {
      while (channel.bufferedAmount() > HIGH_WATER) {
        room.tryAcquire(20, TimeUnit.MILLISECONDS);
      }
      channel.send(message);
      sent += message.length;
    }
    channel.send("done");
    done.await();
    double elapsed = (System.nanoTime() - began) * 1e-9;
    return JSON.createObjectNode()
        .put("connectMs", connectMs)
        .put("bytes", sent)
        .put("seconds", elapsed)
        .put("mbps", sent * 8e-6 / elapsed);
  }

  private void sink(RTCDataChannel channel) {
    double connectMs = connectMs();
    AtomicLong began = new AtomicLong();
    AtomicLong bytes = new AtomicLong();
    List<Double> perSecond = new ArrayList<>();
    long[] before = new long[1];
    channel.onMessage(event -> {
      long now = System.nanoTime();
      if (began.get() == 0) {
        began.set(now);
      }
      double elapsed = (now - began.get()) * 1e-9;
      if ("done".equals(event.text())) {
        finished = true;
        channel.send("ok");
        ObjectNode result =
            JSON.createObjectNode()
                .put("connectMs", connectMs)
                .put("bytes", bytes.get())
                .put("seconds", elapsed)
                .put("mbps", bytes.get() * 8e-6 / elapsed);
        ArrayNode seconds = result.putArray("perSecond");
        perSecond.forEach(seconds::add);
        // Time for the answer to leave; the other side may be gone before it acknowledges.
        CompletableFuture.delayedExecutor(300, TimeUnit.MILLISECONDS)
            .execute(() -> outcome.complete(result));
        return;
      }
      byte[] data = event.bytes();
      if (data != null) {
        bytes.addAndGet(data.length);
      }
      while (perSecond.size() < (int) elapsed) {
        perSecond.add((bytes.get() - before[0]) * 8e-6);
        before[0] = bytes.get();
      }
    });
  }

  private ObjectNode ping(RTCDataChannel channel) throws Exception {
    double connectMs = connectMs();
    int count = (int) number("--count", 1_000);
    byte[] message = new byte[(int) number("--size", 100)];
    double[] times = new double[count];
    int warm = Math.max(count / 10, 1);
    int[] done = new int[1];
    long[] sent = {0};
    CountDownLatch finish = new CountDownLatch(1);
    channel.onMessage(_ -> {
      int i = done[0]++;
      if (i >= warm) {
        times[i - warm] = (System.nanoTime() - sent[0]) * 1e-3;
      }
      if (i + 1 == count + warm) {
        finished = true;
        finish.countDown();
        return;
      }
      sent[0] = System.nanoTime();
      channel.send(message);
    });
    sent[0] = System.nanoTime();
    channel.send(message);
    finish.await();
    return quantiles(times).put("connectMs", connectMs);
  }

  private static ObjectNode quantiles(double[] times) {
    Arrays.sort(times);
    return JSON.createObjectNode()
        .put("p50Us", times[times.length / 2])
        .put("p99Us", times[times.length * 99 / 100]);
  }

  private List<RTCPeerConnection> connectPair() throws Exception {
    RTCPeerConnection a = factory.createPeerConnection();
    RTCPeerConnection b = factory.createPeerConnection();
    CountDownLatch open = new CountDownLatch(2);
    CompletableFuture<Void> answered = new CompletableFuture<>();
    // Neither side has to hear that there are no more candidates, which a null announces.
    a.onIceCandidate(event -> {
      RTCIceCandidate candidate = event.candidate();
      if (candidate != null) {
        var _ = b.addIceCandidate(candidate);
      }
    });
    b.onIceCandidate(event -> {
      RTCIceCandidate candidate = event.candidate();
      if (candidate != null) {
        var _ = answered.thenCompose(_ -> a.addIceCandidate(candidate));
      }
    });
    b.onDataChannel(event -> event.channel().onOpen(_ -> open.countDown()));
    a.createDataChannel("bulk").onOpen(_ -> open.countDown());
    RTCSessionDescriptionInit offer = a.createOffer().get();
    var local = a.setLocalDescription(offer);
    b.setRemoteDescription(offer).get();
    local.get();
    RTCSessionDescriptionInit answer = b.createAnswer().get();
    var set = b.setLocalDescription(answer);
    a.setRemoteDescription(answer).get();
    set.get();
    answered.complete(null);
    if (!open.await(30, TimeUnit.SECONDS)) {
      throw new IOException("a pair did not connect within 30 s: " + a + " " + b);
    }
    return List.of(a, b);
  }

  private ObjectNode pairs() throws Exception {
    int count = (int) number("--count", 100);
    int warm = (int) number("--warm", Math.max(count / 5, 1));
    double[] times = new double[count];
    double cpuBefore = 0;
    for (int i = 0; i < count + warm; i++) {
      if (i == warm) {
        cpuBefore = cpuSeconds();
      }
      long began = System.nanoTime();
      List<RTCPeerConnection> pair = connectPair();
      if (i >= warm) {
        times[i - warm] = (System.nanoTime() - began) * 1e-3;
      }
      pair.forEach(RTCPeerConnection::close);
    }
    double perPair = (cpuSeconds() - cpuBefore) / count * 1e3;
    return quantiles(times).put("cpuMsPerPair", perPair);
  }

  private static long heapAfterCollection() {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    long direct =
        java.lang.management.ManagementFactory.getPlatformMXBeans(
                java.lang.management.BufferPoolMXBean.class)
            .stream()
            .mapToLong(java.lang.management.BufferPoolMXBean::getMemoryUsed)
            .sum();
    return runtime.totalMemory() - runtime.freeMemory() + direct;
  }

  private ObjectNode idle() throws Exception {
    int count = (int) number("--count", 100);
    List<RTCPeerConnection> held = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      held.addAll(connectPair());
    }
    long heapBefore = heapAfterCollection();
    long rssBefore = rssKb();
    for (int i = 0; i < count; i++) {
      held.addAll(connectPair());
    }
    long heap = heapAfterCollection() - heapBefore;
    ObjectNode result =
        JSON.createObjectNode()
            .put("kbPerConnection", (rssKb() - rssBefore) / (2.0 * count))
            .put("heapAndDirectKbPerConnection", heap / 1024.0 / (2.0 * count));
    held.forEach(RTCPeerConnection::close);
    return result;
  }
}
