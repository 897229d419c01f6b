package org.klatsch.devices;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.sound.sampled.AudioSystem;
import javax.sound.sampled.Line;
import javax.sound.sampled.Mixer;
import javax.sound.sampled.SourceDataLine;
import javax.sound.sampled.TargetDataLine;
import org.klatsch.codecs.device.DeviceProvider;
import org.klatsch.codecs.device.MediaDevice;

/// The mixers of javax.sound.sampled that record or play. Public only because `ServiceLoader` on
/// the class path wants it.
public final class SoundDevices implements DeviceProvider {
  /// For `ServiceLoader`.
  public SoundDevices() {}

  @Override
  public String name() {
    return "javax.sound";
  }

  @Override
  public List<MediaDevice> devices() {
    List<MediaDevice> found = new ArrayList<>();
    Map<String, Integer> sameName = new HashMap<>();
    for (Mixer.Info info : AudioSystem.getMixerInfo()) {
      Mixer mixer;
      try {
        mixer = AudioSystem.getMixer(info);
      } catch (IllegalArgumentException e) {
        // Unplugged a moment ago.
        continue;
      }
      String name = info.getName() + "|" + info.getVendor() + "|" + info.getDescription();
      int number = sameName.merge(name, 1, Integer::sum);
      Identity identity =
          new Identity(number == 1 ? name : name + "|" + number, label(info, number));
      if (mixer.isLineSupported(new Line.Info(TargetDataLine.class))) {
        found.add(new Microphone(identity, mixer));
      }
      if (mixer.isLineSupported(new Line.Info(SourceDataLine.class))) {
        found.add(new Loudspeaker(identity, mixer));
      }
    }
    return found;
  }

  private static String label(Mixer.Info info, int number) {
    return number == 1 ? info.getName() : info.getName() + " (" + number + ")";
  }

  /// What a mixer is called; the microphone and the loudspeaker of a headset share it.
  record Identity(String name, String label) {}
}
