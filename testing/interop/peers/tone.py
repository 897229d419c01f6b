"""What the Python peers send in a call and listen for, see README.md."""

import array
import math

TONE_HZ = 440
EXPECTED_HZ = 1_000
WIDTH = 320
HEIGHT = 180
FRAMES_PER_SECOND = 25


def tone(rate):
    """A second of the tone, samples of 16 bits."""
    return array.array(
        "h", (int(8_000 * math.sin(2 * math.pi * TONE_HZ * i / rate)) for i in range(rate))
    )


class Ear:
    """Listens for the other side's tone in quarters of a second."""

    def __init__(self):
        self.heard = False
        self.shares = []
        self._samples = array.array("h")

    def add(self, samples, rate):
        self._samples.extend(samples)
        quarter = rate // 4
        while len(self._samples) >= quarter:
            share = self._share(self._samples[:quarter], rate)
            self.shares.append(round(share, 2))
            self.heard = self.heard or share > 0.9
            del self._samples[:quarter]

    @staticmethod
    def _share(samples, rate):
        """The part of all energy that is at the expected frequency: Goertzel's algorithm."""
        coefficient = 2 * math.cos(2 * math.pi * EXPECTED_HZ / rate)
        y1 = y2 = energy = 0.0
        for x in samples:
            y1, y2 = x + coefficient * y1 - y2, y1
            energy += x * x
        # Silence has no tone, whatever its noise.
        if energy < 100_000.0 * len(samples):
            return 0.0
        return 2 * (y1 * y1 + y2 * y2 - coefficient * y1 * y2) / (len(samples) * energy)
