package org.klatsch.bench;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.klatsch.interop.Browser;
import org.klatsch.testkit.LinkOptions;
import org.klatsch.testkit.UdpRelay;
import tools.jackson.databind.JsonNode;

/// A call of a browser with itself through the link that [ImpairedAudio] has: two connections of
/// one page. Its figures are those of `getStats` and, for the delay, of the page's own audio graph.
final class ImpairedChromium {
  private static final Pattern CANDIDATE =
      Pattern.compile("(\\d+\\.\\d+\\.\\d+\\.\\d+) (\\d+) typ host");

  /// Mouth and ear are the two channels of one node, so that their beginnings of words are counted
  /// by the same clock. Browsers decode audio only while an element plays it.
  private static final String SCRIPT =
      """
      (async (voice, rate, loud, red, fec) => {
        const context = new AudioContext();
        const bytes = Uint8Array.from(atob(voice), (c) => c.charCodeAt(0));
        const samples = new Int16Array(bytes.buffer);
        const buffer = context.createBuffer(1, samples.length, rate);
        buffer.getChannelData(0).set(Float32Array.from(samples, (s) => s / 32768));
        const source = context.createBufferSource();
        source.buffer = buffer;
        source.loop = true;
        const destination = context.createMediaStreamDestination();
        destination.channelCount = 1;
        const merger = context.createChannelMerger(2);
        const meter = context.createScriptProcessor(1024, 2, 1);
        source.connect(destination);
        source.connect(merger, 0, 0);
        merger.connect(meter);
        meter.connect(context.destination);
        window.onsets = [[], []];
        let count = 0;
        const quiet = [0, 0];
        meter.onaudioprocess = (event) => {
          for (const channel of [0, 1]) {
            const data = event.inputBuffer.getChannelData(channel);
            for (let i = 0; i < data.length; i++) {
              if (Math.abs(data[i]) * 32768 < loud) {
                quiet[channel]++;
                continue;
              }
              if (quiet[channel] >= context.sampleRate / 5) {
                onsets[channel].push((count + i) / context.sampleRate);
              }
              quiet[channel] = 0;
            }
          }
          count += event.inputBuffer.length;
        };
        window.near = new RTCPeerConnection();
        window.far = new RTCPeerConnection();
        far.ontrack = (event) => {
          const stream = new MediaStream([event.track]);
          const element = document.createElement('audio');
          element.srcObject = stream;
          element.autoplay = true;
          document.body.append(element);
          element.play();
          context.createMediaStreamSource(stream).connect(merger, 0, 1);
        };
        near.addTrack(destination.stream.getAudioTracks()[0], destination.stream);
        const wanted = red ? ['audio/red', 'audio/opus'] : ['audio/opus'];
        const codecs = RTCRtpSender.getCapabilities('audio').codecs;
        near.getTransceivers()[0].setCodecPreferences(
            wanted.flatMap((name) => codecs.filter((c) => c.mimeType.toLowerCase() === name)));
        await context.resume();
        source.start();
        const shaped = (sdp) => (fec ? sdp : sdp.replaceAll('useinbandfec=1', 'useinbandfec=0'));
        await near.setLocalDescription();
        const bare = near.localDescription.sdp.replaceAll(/a=candidate:.*\\r\\n/g, '');
        await far.setRemoteDescription({type: 'offer', sdp: shaped(bare)});
        await far.setLocalDescription();
        while (far.iceGatheringState !== 'complete') {
          await new Promise((resolve) => setTimeout(resolve, 10));
        }
        window.connectThrough = (candidate) => near.setRemoteDescription({
          type: 'answer',
          sdp: shaped(far.localDescription.sdp)
              .replaceAll(/a=candidate:.*\\r\\n/g, '')
              .replace(/a=ice-ufrag/, `a=candidate:${candidate}\\r\\na=ice-ufrag`),
        });
        window.figures = async () => {
          for (const each of (await far.getStats()).values()) {
            if (each.type === 'inbound-rtp') {
              return [
                each.concealedSamples - each.silentConcealedSamples,
                each.totalSamplesReceived,
                each.bytesReceived,
              ];
            }
          }
          return [0, 0, 0];
        };
        return far.localDescription.sdp;
      })
      """;

  private static final String DELAY =
      """
      (() => {
        const delays = [];
        for (const heard of onsets[1]) {
          const said = Math.max(...onsets[0].filter((each) => each <= heard));
          if (heard - said < 0.9) delays.push((heard - said) * 1000);
        }
        delays.sort((a, b) => a - b);
        return delays.length ? delays[delays.length >> 1] : null;
      })()
      """;

  private ImpairedChromium() {}

  /// Measures one call.
  static ImpairedAudio.Result measure(
      Browser browser, double loss, int oneWayMillis, boolean red, boolean fec, int seconds)
      throws Exception {
    LinkOptions link = LinkOptions.PERFECT.delayMillis(oneWayMillis).loss(loss);
    short[] words = ImpairedAudio.words(10);
    ByteBuffer bytes =
        ByteBuffer.allocate(words.length * Short.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asShortBuffer().put(words);
    String voice = Base64.getEncoder().encodeToString(bytes.array());
    byte[] html = "<title>impaired</title>".getBytes(StandardCharsets.US_ASCII);
    // A page without an origin has no permission, so that its candidates would be names.
    HttpServer web =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    web.createContext(
        "/",
        exchange -> {
          try (exchange) {
            exchange.sendResponseHeaders(200, html.length);
            exchange.getResponseBody().write(html);
          }
        });
    web.start();
    try (Browser.Page page = browser.newPage()) {
      page.open("http://localhost:" + web.getAddress().getPort() + "/");
      String arguments =
          "('%s', %d, %d, %b, %b)".formatted(voice, RelayedCall.RATE, ImpairedAudio.LOUD, red, fec);
      String answer = page.evaluate(SCRIPT.strip() + arguments).asString();
      Matcher host = CANDIDATE.matcher(answer);
      if (!host.find()) {
        throw new IOException("no IPv4 candidate in " + answer);
      }
      InetSocketAddress target =
          new InetSocketAddress(
              InetAddress.getByName(host.group(1)), Integer.parseInt(host.group(2)));
      try (UdpRelay relay = UdpRelay.open(target, link, link, 1)) {
        page.evaluate(
            "connectThrough('1 1 udp 2122260223 %s %d typ host')"
                .formatted(host.group(1), relay.address().getPort()));
        page.waitUntil("far.connectionState === 'connected'", java.time.Duration.ofSeconds(60));
        TimeUnit.SECONDS.sleep(ImpairedAudio.SETTLING_SECONDS);
        page.evaluate("onsets.forEach((each) => each.length = 0)");
        JsonNode before = page.evaluate("figures()");
        TimeUnit.SECONDS.sleep(seconds);
        JsonNode after = page.evaluate("figures()");
        return new ImpairedAudio.Result(
            100 * grown(before, after, 0) / Math.max(1, grown(before, after, 1)),
            page.evaluate(DELAY).asDouble(Double.NaN),
            grown(before, after, 2) * 8e-3 / seconds);
      }
    } finally {
      web.stop(0);
    }
  }

  private static double grown(JsonNode before, JsonNode after, int index) {
    return after.get(index).asDouble() - before.get(index).asDouble();
  }
}
