"""Audio and video of aiortc, see ../README.md."""

import array
import asyncio
import fractions
import pathlib
import sys
import time

from aiortc import MediaStreamTrack
from aiortc.mediastreams import MediaStreamError
from av import AudioFrame, VideoFrame

sys.path.append(str(pathlib.Path(__file__).parent.parent))
from tone import FRAMES_PER_SECOND, HEIGHT, WIDTH, Ear, tone  # noqa: E402

RATE = 48_000
SAMPLES = RATE // 50
VIDEO_CLOCK = 90_000


class Paced(MediaStreamTrack):
    """A track whose frames come when it is their time."""

    def __init__(self):
        super().__init__()
        self._began = None
        self._count = 0

    async def _next(self, per_second):
        if self._began is None:
            self._began = time.monotonic()
        count = self._count
        self._count += 1
        await asyncio.sleep(max(0.0, self._began + count / per_second - time.monotonic()))
        return count


class Tone(Paced):
    kind = "audio"

    def __init__(self):
        super().__init__()
        self._second = tone(RATE)

    async def recv(self):
        count = await self._next(RATE // SAMPLES)
        begin = count * SAMPLES % RATE
        frame = AudioFrame(format="s16", layout="mono", samples=SAMPLES)
        frame.planes[0].update(self._second[begin : begin + SAMPLES].tobytes())
        frame.sample_rate = RATE
        frame.pts = count * SAMPLES
        frame.time_base = fractions.Fraction(1, RATE)
        return frame


class Pattern(Paced):
    kind = "video"

    async def recv(self):
        count = await self._next(FRAMES_PER_SECOND)
        frame = VideoFrame(WIDTH, HEIGHT, "yuv420p")
        for index, plane in enumerate(frame.planes):
            rows = plane.buffer_size // plane.line_size
            plane.update(
                b"".join(
                    bytes([16 + (row * 2 + count * 4 if index == 0 else 100 + count) % 200])
                    * plane.line_size
                    for row in range(rows)
                )
            )
        frame.pts = count * VIDEO_CLOCK // FRAMES_PER_SECOND
        frame.time_base = fractions.Fraction(1, VIDEO_CLOCK)
        return frame


class Call:
    """Sends a track of each kind wanted, and listens and watches."""

    def __init__(self, peer, audio, video):
        self._ear = Ear()
        self._frames = 0
        self._audio = bool(audio)
        self._video = bool(video)
        if audio:
            peer.addTrack(Tone())
        if video:
            peer.addTrack(Pattern())

        @peer.on("track")
        def on_track(track):
            asyncio.ensure_future(self._take(track))

    async def _take(self, track):
        try:
            while True:
                frame = await track.recv()
                if track.kind == "video":
                    self._frames += 1
                elif not self._ear.heard:
                    channels = len(frame.layout.channels)
                    samples = array.array("h", bytes(frame.planes[0]))
                    self._ear.add(samples[: frame.samples * channels : channels], frame.sample_rate)
        except MediaStreamError:
            pass  # The track has ended.

    async def enough(self):
        """Waits until what came is enough, and returns what it was."""
        for _ in range(2_000):
            if (self._ear.heard or not self._audio) and (
                self._frames >= FRAMES_PER_SECOND or not self._video
            ):
                return {"heard": self._ear.heard, "videoFrames": self._frames}
            await asyncio.sleep(0.01)
        raise TimeoutError(f"{self._frames} frames, shares of the tone {self._ear.shares}")
