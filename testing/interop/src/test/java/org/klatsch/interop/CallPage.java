package org.klatsch.interop;

import java.time.Duration;
import org.klatsch.webrtc.RTCPeerConnection;
import org.klatsch.webrtc.RTCSdpType;
import org.klatsch.webrtc.RTCSessionDescriptionInit;
import tools.jackson.databind.JsonNode;

/// A page that calls and is called, and hears what comes.
final class CallPage implements AutoCloseable {
  /// `peer` is the connection; `heard(hz)` the share of a frequency in what comes, compared with
  /// the loudest one. Browsers decode audio only while an element plays it.
  private static final String SCRIPT =
      """
      (() => {
        window.peer = new RTCPeerConnection();
        window.tracks = [];
        window.context = new AudioContext();
        window.analyser = context.createAnalyser();
        analyser.fftSize = 8192;
        analyser.smoothingTimeConstant = 0;
        peer.ontrack = (event) => {
          tracks.push(event.track);
          const stream = new MediaStream([event.track]);
          const element = document.createElement(event.track.kind);
          element.srcObject = stream;
          element.autoplay = true;
          document.body.append(element);
          element.play();
          window[event.track.kind + 'Element'] = element;
          if (event.track.kind === 'audio') {
            context.createMediaStreamSource(stream).connect(analyser);
          }
        };
        window.tones = [];
        window.tone = (hz) => {
          const oscillator = context.createOscillator();
          oscillator.frequency.value = hz;
          const volume = context.createGain();
          volume.gain.value = 0.3;
          const destination = context.createMediaStreamDestination();
          oscillator.connect(volume).connect(destination);
          oscillator.start();
          return destination.stream.getAudioTracks()[0];
        };
        window.picture = (width, height) => {
          const canvas = document.createElement('canvas');
          canvas.width = width;
          canvas.height = height;
          const drawing = canvas.getContext('2d');
          let count = 0;
          setInterval(() => {
            drawing.fillStyle = `hsl(${count * 3 % 360} 80% 50%)`;
            drawing.fillRect(0, 0, width, height);
            drawing.fillStyle = 'white';
            drawing.fillRect(count++ * 5 % width, height / 3, 60, 60);
          }, 33);
          return canvas.captureStream(30).getVideoTracks()[0];
        };
        window.loudest = () => {
          const bins = new Float32Array(analyser.frequencyBinCount);
          analyser.getFloatFrequencyData(bins);
          let best = 1;
          for (let i = 2; i < bins.length; i++) if (bins[i] > bins[best]) best = i;
          return {hz: best * context.sampleRate / analyser.fftSize, level: bins[best]};
        };
        window.hears = (hz) => {
          const now = loudest();
          return now.level > -60 && Math.abs(now.hz - hz) < 15;
        };
        window.silent = () => loudest().level < -70;
        window.complete = async () => {
          await peer.setLocalDescription();
          while (peer.iceGatheringState !== 'complete') {
            await new Promise((resolve) => setTimeout(resolve, 10));
          }
          return peer.localDescription.sdp;
        };
        window.stats = async (type, kind) => {
          for (const each of (await peer.getStats()).values()) {
            if (each.type === type && (!kind || each.kind === kind)) return each;
          }
          return null;
        };
        // Headless Firefox decodes without counting what its elements show.
        window.framesDecoded = 0;
        setInterval(async () => {
          window.framesDecoded = (await stats('inbound-rtp', 'video'))?.framesDecoded ?? 0;
        }, 200);
        window.hearsMore = async () => {
          const energy = async () => (await stats('inbound-rtp', 'audio'))?.totalAudioEnergy ?? 0;
          const before = await energy();
          for (let i = 0; i < 200; i++) {
            if (await energy() - before > 0.01) return true;
            await new Promise((resolve) => setTimeout(resolve, 100));
          }
          return false;
        };
        window.codecOf = async (type, kind) => {
          const all = await peer.getStats();
          for (const each of all.values()) {
            if (each.type === type && each.kind === kind) return all.get(each.codecId).mimeType;
          }
          return null;
        };
        // Without a sound device Firefox never resumes it; pictures need no sound.
        return Promise.race([
          context.resume(),
          new Promise((resolve) => setTimeout(resolve, 3000)),
        ]).then(() => context.state);
      })()
      """;

  final Browser.Page page;
  private final EchoClient client;

  CallPage(Browser browser, EchoClient client) {
    this.page = browser.newPage();
    this.client = client;
    page.open("data:text/html,<title>call</title>");
  }

  /// Prepares the page; `setUp` may use its functions.
  void start(String setUp) {
    page.evaluate(SCRIPT);
    if (!setUp.isEmpty()) {
      page.evaluate("(async () => { " + setUp + " })()");
    }
  }

  private static String quoted(String text) {
    return JsonSocket.JSON.writeValueAsString(text);
  }

  /// The page offers; `beforeAnswer` runs between its offer and our answer.
  void pageOffers(Runnable beforeAnswer) throws Exception {
    String offer = page.evaluate("complete()").asString();
    client
        .connection
        .setRemoteDescription(new RTCSessionDescriptionInit(RTCSdpType.OFFER, offer))
        .get();
    beforeAnswer.run();
    answer(client.completeLocalSdp());
  }

  /// Gives the page our answer.
  void answer(String sdp) {
    page.evaluate("peer.setRemoteDescription({type: 'answer', sdp: " + quoted(sdp) + "})");
  }

  /// We offer; `beforeAnswer` is run by the page between our offer and its answer.
  void pageAnswers(String beforeAnswer) throws Exception {
    String offer = client.completeLocalSdp();
    String answer =
        page.evaluate(
                "peer.setRemoteDescription({type: 'offer', sdp: "
                    + quoted(offer)
                    + "}).then(async () => { "
                    + beforeAnswer
                    + " }).then(() => complete())")
            .asString();
    RTCPeerConnection ours = client.connection;
    ours.setRemoteDescription(new RTCSessionDescriptionInit(RTCSdpType.ANSWER, answer)).get();
  }

  JsonNode evaluate(String expression) {
    return page.evaluate(expression);
  }

  void waitUntil(String expression) {
    page.waitUntil(expression, Duration.ofSeconds(20));
  }

  @Override
  public void close() {
    page.close();
  }
}
