// Audio and video of libwebrtc and werift, see ../README.md.
const TONE_HZ = 440;
const EXPECTED_HZ = 1_000;
const WIDTH = 320;
const HEIGHT = 180;
const VIDEO_PACE_MS = 40;
const ENOUGH_PICTURES = 25;
const ENOUGH_PACKETS = 50;

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

async function until(condition, describe) {
  for (const deadline = Date.now() + 20_000; !condition(); await sleep(10)) {
    if (Date.now() > deadline) {
      throw new Error(describe());
    }
  }
}

// The part of all energy that is at a frequency: Goertzel's algorithm.
function share(samples, rate, hz) {
  const coefficient = 2 * Math.cos(2 * Math.PI * hz / rate);
  let y1 = 0;
  let y2 = 0;
  let energy = 0;
  for (const x of samples) {
    const y = x + coefficient * y1 - y2;
    y2 = y1;
    y1 = y;
    energy += x * x;
  }
  // Silence has no tone, whatever its noise.
  if (energy < 1e5 * samples.length) {
    return 0;
  }
  return 2 * (y1 * y1 + y2 * y2 - coefficient * y1 * y2) / (samples.length * energy);
}

// Calls back at its pace, catching up with what a busy machine has delayed.
function paced(ms, callback) {
  const began = performance.now();
  let count = 0;
  setInterval(() => {
    while (count * ms < performance.now() - began) {
      callback(count++);
    }
  }, ms / 2);
}

function sendTone(source) {
  const rate = 48_000;
  const length = rate / 100;
  paced(10, (count) => {
    const samples = new Int16Array(length);
    for (let i = 0; i < length; i++) {
      samples[i] = 8_000 * Math.sin(2 * Math.PI * TONE_HZ * (count * length + i) / rate);
    }
    source.onData(
        {samples, sampleRate: rate, bitsPerSample: 16, channelCount: 1, numberOfFrames: length});
  });
}

function sendPicture(source) {
  paced(VIDEO_PACE_MS, (count) => {
    const data = new Uint8ClampedArray(WIDTH * HEIGHT * 3 / 2);
    for (let y = 0; y < HEIGHT; y++) {
      data.fill(16 + (y * 2 + count * 4) % 200, y * WIDTH, (y + 1) * WIDTH);
    }
    data.fill(100 + count % 50, WIDTH * HEIGHT);
    source.onFrame({width: WIDTH, height: HEIGHT, data});
  });
}

/// libwebrtc: sends a tone and a moving picture, and listens and watches.
export function libwebrtcCall(nonstandard, peer, audio, video) {
  let heard = !audio;
  let pictures = 0;
  const shares = [];
  const sinks = [];
  if (audio) {
    const source = new nonstandard.RTCAudioSource();
    peer.addTrack(source.createTrack());
    sendTone(source);
  }
  if (video) {
    const source = new nonstandard.RTCVideoSource();
    peer.addTrack(source.createTrack());
    sendPicture(source);
  }
  peer.ontrack = ({track}) => {
    if (track.kind === 'video') {
      const sink = new nonstandard.RTCVideoSink(track);
      sink.onframe = () => pictures++;
      sinks.push(sink);
      return;
    }
    const sink = new nonstandard.RTCAudioSink(track);
    let quarter = [];
    sink.ondata = ({samples, sampleRate, channelCount}) => {
      for (let i = 0; i < samples.length; i += channelCount) {
        quarter.push(samples[i]);
      }
      if (quarter.length >= sampleRate / 4) {
        shares.push(share(quarter, sampleRate, EXPECTED_HZ).toFixed(2));
        heard ||= shares.at(-1) > 0.9;
        quarter = [];
      }
    };
    sinks.push(sink);
  };
  return async () => {
    await until(
        () => heard && (!video || pictures >= ENOUGH_PICTURES),
        () => `${pictures} pictures, shares of the tone ${shares}`);
    return {heard, videoFrames: pictures};
  };
}

/// The codecs that werift may negotiate.
export function weriftCodecs(werift) {
  return {
    audio: [werift.useOPUS(), werift.useG722(), werift.usePCMU(), werift.usePCMA()],
    video: [werift.useVP8(), werift.useH264()],
  };
}

/// werift, which has no codecs: sends every packet back.
export function weriftCall(peer, audio, video) {
  const packets = {};
  for (const [kind, wanted] of [['audio', audio], ['video', video]]) {
    if (!wanted) {
      continue;
    }
    packets[kind] = 0;
    const transceiver = peer.addTransceiver(kind, {direction: 'sendrecv'});
    transceiver.onTrack.subscribe((track) => {
      track.onReceiveRtp.subscribe(() => packets[kind]++);
      transceiver.sender.replaceTrack(track);
      transceiver.sender.onPictureLossIndication.subscribe(() => {
        transceiver.receiver.sendRtcpPLI(track.ssrc);
      });
    });
  }
  return async () => {
    const counts = Object.values(packets);
    await until(
        () => Object.values(packets).every((count) => count >= ENOUGH_PACKETS),
        () => `packets ${JSON.stringify(packets)} of ${counts.length} kinds`);
    return {audioPackets: packets.audio, videoPackets: packets.video};
  };
}
