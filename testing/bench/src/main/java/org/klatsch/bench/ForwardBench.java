package org.klatsch.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.klatsch.net.InterfaceFilter;
import org.klatsch.sansio.AddressPrefix;
import org.klatsch.webrtc.MediaStreamTrack;
import org.klatsch.webrtc.PeerConnectionFactory;
import org.klatsch.webrtc.PeerConnectionOptions;
import org.klatsch.webrtc.RTCIceGatheringState;
import org.klatsch.webrtc.RTCPeerConnection;
import org.klatsch.webrtc.RTCSdpType;
import org.klatsch.webrtc.RTCSessionDescriptionInit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Forwards one publisher's video to many subscribers, encoded as it came, behind the command line
/// of `testing/interop/peers/forward`: `--signal DIR --subscribers N`.
public final class ForwardBench {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final Path folder;
  private final PeerConnectionFactory factory =
      new PeerConnectionFactory(
          PeerConnectionOptions.DEFAULT.withInterfaces(
              InterfaceFilter.DEFAULT
                  .withLoopback(true)
                  .withAllowed(List.of(AddressPrefix.parse("127.0.0.0/8")))));

  private ForwardBench(Path folder) {
    this.folder = folder;
  }

  /// Runs until it is killed.
  public static void main(String[] arguments) throws Exception {
    List<String> list = List.of(arguments);
    ForwardBench bench = new ForwardBench(Path.of(list.get(list.indexOf("--signal") + 1)));
    bench.run(Integer.parseInt(list.get(list.indexOf("--subscribers") + 1)));
  }

  private void run(int subscribers) throws Exception {
    List<RTCPeerConnection> held = new ArrayList<>();
    RTCPeerConnection publisher = factory.createPeerConnection();
    held.add(publisher);
    CompletableFuture<MediaStreamTrack> published = new CompletableFuture<>();
    publisher.onTrack(event -> published.complete(event.track()));
    publisher.setRemoteDescription(offer(0)).get();
    answer(publisher, 0);
    MediaStreamTrack track = published.get(30, TimeUnit.SECONDS);
    for (int number = 1; number <= subscribers; number++) {
      RTCPeerConnection subscriber = factory.createPeerConnection();
      held.add(subscriber);
      subscriber.setRemoteDescription(offer(number)).get();
      subscriber.addTrack(track);
      answer(subscriber, number);
    }
    new CountDownLatch(held.size()).await();
  }

  private RTCSessionDescriptionInit offer(int number) throws IOException, InterruptedException {
    Path file = folder.resolve("offer-" + number + ".json");
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!Files.exists(file)) {
      if (System.nanoTime() > deadline) {
        throw new IOException("no " + file + " after 60 s");
      }
      TimeUnit.MILLISECONDS.sleep(1);
    }
    JsonNode description = JSON.readTree(Files.readString(file));
    return new RTCSessionDescriptionInit(RTCSdpType.OFFER, description.get("sdp").asString());
  }

  private void answer(RTCPeerConnection peer, int number) throws Exception {
    CountDownLatch gathered = new CountDownLatch(1);
    peer.onIceGatheringStateChange(_ -> {
      if (peer.iceGatheringState() == RTCIceGatheringState.COMPLETE) {
        gathered.countDown();
      }
    });
    peer.setLocalDescription().get();
    gathered.await();
    var description = peer.localDescription();
    if (description == null) {
      throw new IOException("no local description");
    }
    Path part = folder.resolve("answer-" + number + ".part");
    Files.writeString(
        part,
        JSON.createObjectNode().put("type", "answer").put("sdp", description.sdp()).toString());
    Files.move(part, folder.resolve("answer-" + number + ".json"), StandardCopyOption.ATOMIC_MOVE);
  }
}
