package org.klatsch.interop;

/// A page that publishes with WHIP or plays with WHEP, with the browser's own means alone.
final class StreamPage {
  /// Defines `publish(url)`, `play(url)` and `decoded(pictures)`.
  private static final String SCRIPT =
      """
      (() => {
        window.open = async (url, pc) => {
          const candidates = [];
          let told = null;
          const tell = async () => {
            if (!told || !candidates.length) return;
            const ufrag = pc.localDescription.sdp.match(/a=ice-ufrag:(.*)/)[1];
            const password = pc.localDescription.sdp.match(/a=ice-pwd:(.*)/)[1];
            const lines = candidates.splice(0).filter(each => each.candidate)
                .map(each => 'a=mid:' + each.sdpMid + '\\r\\na=' + each.candidate + '\\r\\n');
            if (!lines.length) return;
            const body = 'a=ice-ufrag:' + ufrag + '\\r\\na=ice-pwd:' + password
                + '\\r\\nm=audio 9 UDP/TLS/RTP/SAVPF 0\\r\\n' + lines.join('');
            const patched = await fetch(told.resource, {method: 'PATCH', body,
                headers: {'Content-Type': 'application/trickle-ice-sdpfrag', 'If-Match': told.etag}});
            window.patched = patched.status;
          };
          pc.onicecandidate = event => {
            if (event.candidate) { candidates.push(event.candidate); tell(); }
          };
          await pc.setLocalDescription();
          const response = await fetch(url, {method: 'POST', body: pc.localDescription.sdp,
              headers: {'Content-Type': 'application/sdp'}});
          const answer = await response.text();
          if (response.status !== 201) throw new Error(response.status + ' ' + answer);
          told = {resource: response.headers.get('Location'), etag: response.headers.get('ETag')};
          await pc.setRemoteDescription({type: 'answer', sdp: answer});
          await tell();
          window.pc = pc;
          window.resource = told.resource;
          return told.resource;
        };
        window.publish = async url => {
          const canvas = document.createElement('canvas');
          canvas.width = 320;
          canvas.height = 180;
          const context = canvas.getContext('2d');
          let count = 0;
          setInterval(() => {
            count++;
            context.fillStyle = 'hsl(' + count * 5 % 360 + ', 80%, 50%)';
            context.fillRect(0, 0, 320, 180);
            context.fillStyle = 'white';
            context.fillRect(count * 4 % 320, 60, 40, 40);
          }, 40);
          const audio = new AudioContext();
          const tone = audio.createOscillator();
          const out = audio.createMediaStreamDestination();
          tone.connect(out);
          tone.start();
          const pc = new RTCPeerConnection();
          pc.addTransceiver(out.stream.getAudioTracks()[0], {direction: 'sendonly'});
          pc.addTransceiver(canvas.captureStream(25).getVideoTracks()[0], {direction: 'sendonly'});
          return open(url, pc);
        };
        window.play = async url => {
          const pc = new RTCPeerConnection();
          const video = document.createElement('video');
          video.muted = true;
          video.autoplay = true;
          document.documentElement.appendChild(video);
          const stream = new MediaStream();
          video.srcObject = stream;
          pc.addTransceiver('audio', {direction: 'recvonly'});
          pc.addTransceiver('video', {direction: 'recvonly'});
          pc.ontrack = event => stream.addTrack(event.track);
          return open(url, pc);
        };
        window.decoded = async pictures => {
          let frames = 0;
          let samples = 0;
          for (let i = 0; i < 300; i++) {
            for (const each of (await pc.getStats()).values()) {
              if (each.type === 'inbound-rtp' && each.kind === 'video') frames = each.framesDecoded || 0;
              if (each.type === 'inbound-rtp' && each.kind === 'audio') samples = each.packetsReceived || 0;
            }
            if (frames >= pictures && samples >= pictures) break;
            await new Promise(done => setTimeout(done, 100));
          }
          return [frames, samples, pc.connectionState];
        };
        return true;
      })()
      """;

  private StreamPage() {}

  /// Opens the start page of the server and gives it the functions.
  static Browser.Page open(Browser browser, String server) {
    Browser.Page page = browser.newPage();
    page.open(server + "/");
    page.evaluate(SCRIPT);
    return page;
  }
}
