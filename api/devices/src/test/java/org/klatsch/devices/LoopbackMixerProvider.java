package org.klatsch.devices;

import javax.sound.sampled.Mixer;
import javax.sound.sampled.spi.MixerProvider;

/// Adds a sound card to javax.sound whose microphone hears its loudspeaker.
public final class LoopbackMixerProvider extends MixerProvider {
  static final String NAME = "Klatsch loopback";

  /// One card, however often Java makes providers.
  private static final LoopbackMixer MIXER = new LoopbackMixer(new Info());

  /// The constructor of `Mixer.Info` is protected.
  private static final class Info extends Mixer.Info {
    Info() {
      super(NAME, "Klatsch", "a sound card of a test", "1");
    }
  }

  @Override
  public Mixer.Info[] getMixerInfo() {
    return new Mixer.Info[] {MIXER.getMixerInfo()};
  }

  @Override
  public Mixer getMixer(Mixer.Info info) {
    if (!info.equals(MIXER.getMixerInfo())) {
      throw new IllegalArgumentException(info + " is another mixer");
    }
    return MIXER;
  }
}
