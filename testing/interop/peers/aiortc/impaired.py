"""A call of aiortc with itself through a link of the caller's, see ../README.md."""

import argparse
import array
import asyncio
import fractions
import json
import os
import sys
import time

from aiortc import MediaStreamTrack, RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import MediaStreamError
from av import AudioFrame

parser = argparse.ArgumentParser()
parser.add_argument("voice", help="file of 16-bit samples, mono, which is played over and over")
parser.add_argument("--rate", type=int, default=16_000)
parser.add_argument("--settle", type=float, default=8)
parser.add_argument("--seconds", type=float, default=20)
parser.add_argument("--loud", type=int, default=1_500)
options = parser.parse_args()

QUIET_SECONDS = 0.2


class Onsets:
    """Notes when words begin."""

    def __init__(self):
        self.times = []
        self._quiet = 0

    def add(self, samples, rate):
        now = time.monotonic()
        for i, sample in enumerate(samples):
            if abs(sample) < options.loud:
                self._quiet += 1
                continue
            if self._quiet >= QUIET_SECONDS * rate:
                self.times.append(now + i / rate)
            self._quiet = 0


class Voice(MediaStreamTrack):
    kind = "audio"

    def __init__(self, onsets):
        super().__init__()
        self._samples = array.array("h", open(options.voice, "rb").read())
        self._onsets = onsets
        self._began = None
        self._count = 0

    async def recv(self):
        if self._began is None:
            self._began = time.monotonic()
        count = self._count
        self._count += 1
        await asyncio.sleep(max(0.0, self._began + count / 50 - time.monotonic()))
        size = options.rate // 50
        begin = count * size % len(self._samples)
        samples = self._samples[begin : begin + size]
        self._onsets.add(samples, options.rate)
        frame = AudioFrame(format="s16", layout="mono", samples=size)
        frame.planes[0].update(samples.tobytes())
        frame.sample_rate = options.rate
        frame.pts = count * size
        frame.time_base = fractions.Fraction(1, options.rate)
        return frame


class Ear:
    """What is heard; nothing is heard of frames that were lost, which aiortc leaves out."""

    def __init__(self):
        self.onsets = Onsets()
        self.frames = 0
        self.first = None
        self.last = 0

    async def listen(self, track):
        try:
            while True:
                frame = await track.recv()
                channels = len(frame.layout.channels)
                samples = array.array("h", bytes(frame.planes[0]))
                samples = samples[: frame.samples * channels : channels]
                self.onsets.add(samples, frame.sample_rate)
                self.frames += frame.samples
                if self.first is None:
                    self.first = frame.pts
                self.last = frame.pts + frame.samples
        except MediaStreamError:
            pass  # The track has ended.

    def begin(self):
        self.onsets.times.clear()
        self.frames = 0
        self.first = None


def without_candidates(sdp):
    return "".join(
        line for line in sdp.splitlines(True) if not line.startswith("a=candidate:")
    )


def through(sdp, port):
    """Only the first candidate, and that behind the link."""
    lines = []
    found = False
    for line in sdp.splitlines(True):
        if line.startswith("a=candidate:"):
            if found:
                continue
            found = True
            parts = line.split(" ")
            parts[5] = str(port)
            line = " ".join(parts)
        lines.append(line)
    return "".join(lines)


async def main():
    near = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    far = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    mouth = Onsets()
    ear = Ear()
    near.addTrack(Voice(mouth))
    far.on("track", lambda track: asyncio.ensure_future(ear.listen(track)))
    await near.setLocalDescription(await near.createOffer())
    # The far side learns the near one only by the checks that come through the link, but it must
    # have something to check meanwhile: nobody listens at the discard port.
    nowhere = "a=candidate:1 1 udp 1 127.0.0.1 9 typ host\r\na=end-of-candidates\r\n"
    offer = without_candidates(near.localDescription.sdp).replace(
        "a=end-of-candidates\r\n", nowhere, 1
    )
    await far.setRemoteDescription(RTCSessionDescription(offer, "offer"))
    await far.setLocalDescription(await far.createAnswer())
    answer = far.localDescription.sdp
    candidate = next(
        line for line in answer.splitlines() if line.startswith("a=candidate:")
    ).split(" ")
    print(json.dumps({"address": candidate[4], "port": int(candidate[5])}), flush=True)
    port = int(await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline))
    await near.setRemoteDescription(RTCSessionDescription(through(answer, port), "answer"))
    for _ in range(3_000):
        if ear.frames:
            break
        await asyncio.sleep(0.01)
    else:
        raise TimeoutError(f"nothing heard, {near.connectionState} and {far.connectionState}")
    await asyncio.sleep(options.settle)
    mouth.times.clear()
    ear.begin()
    await asyncio.sleep(options.seconds)
    expected = max(1, ear.last - (ear.first or 0))
    print(
        json.dumps(
            {
                "ok": True,
                "concealedPercent": 100 * max(0, expected - ear.frames) / expected,
                "mouthToEarMillis": delay(mouth.times, ear.onsets.times),
            }
        ),
        flush=True,
    )
    os._exit(0)


def delay(mouth, ear):
    delays = []
    for heard in ear:
        said = max((each for each in mouth if each <= heard), default=None)
        if said is not None and heard - said < 0.9:
            delays.append((heard - said) * 1e3)
    delays.sort()
    return delays[len(delays) // 2] if delays else None


try:
    asyncio.run(main())
except Exception as e:  # noqa: BLE001 - one line for the log
    print(f"{type(e).__name__}: {e}", file=sys.stderr)
    sys.exit(1)
