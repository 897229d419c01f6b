package org.klatsch.devices;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.klatsch.codecs.AudioFrame;
import org.klatsch.codecs.PcmFormat;
import org.klatsch.codecs.audio.Goertzel;
import org.klatsch.codecs.audio.ToneGenerator;
import org.klatsch.codecs.device.AudioInput;
import org.klatsch.codecs.device.AudioOutput;
import org.klatsch.codecs.device.Capture;
import org.klatsch.codecs.device.Devices;
import org.klatsch.codecs.device.MediaDevice;
import org.klatsch.codecs.device.Playback;

/// A sound card of javax.sound as the SPI shows it.
@Timeout(60)
class SoundDevicesTest {
  private static final PcmFormat CARD = new PcmFormat(44_100, 2);

  private static <T extends MediaDevice> T device(Class<T> type) {
    return Devices.installed().present().stream()
        .filter(type::isInstance)
        .map(type::cast)
        .filter(each -> each.label().startsWith(LoopbackMixerProvider.NAME))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void aSoundCardHasAMicrophoneAndALoudspeakerOfOneGroup() {
    AudioInput microphone = device(AudioInput.class);
    AudioOutput loudspeaker = device(AudioOutput.class);
    assertThat(microphone.group()).isEqualTo(loudspeaker.group());
    assertThat(microphone.id()).isNotEqualTo(loudspeaker.id());
    assertThat(device(AudioInput.class).id()).isEqualTo(microphone.id());
  }

  @Test
  void theMicrophoneHearsTheLoudspeakerInTheFormatOfTheCard() throws Exception {
    BlockingQueue<AudioFrame> heard = new LinkedBlockingQueue<>();
    ToneGenerator generator = new ToneGenerator(CARD.rateHz());
    generator.start(8_000, 440);
    short[] mono = new short[CARD.frames(1_000)];
    generator.fill(mono, 0, mono.length);
    short[] stereo = new short[2 * mono.length];
    for (int i = 0; i < stereo.length; i++) {
      stereo[i] = mono[i / 2];
    }
    Goertzel goertzel = new Goertzel(CARD.rateHz(), 440);
    try (Capture capture = device(AudioInput.class).open(new PcmFormat(48_000, 1), heard::add);
        Playback playback = device(AudioOutput.class).open(CARD)) {
      assertThat(capture).isNotNull();
      Thread player =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  playback.write(stereo, 100, stereo.length - 100);
                } catch (IOException e) {
                  throw new IllegalStateException(e);
                }
              });
      long expected = 0;
      for (int i = 0; i < 40; i++) {
        AudioFrame frame = heard.poll(30, TimeUnit.SECONDS);
        assertThat(frame).isNotNull();
        assertThat(frame.format()).isEqualTo(CARD);
        assertThat(frame.frames()).isEqualTo(CARD.frames(20));
        assertThat(frame.timestampNanos()).isEqualTo(expected * 1_000_000_000L / CARD.rateHz());
        expected += frame.frames();
        short[] left = new short[frame.frames()];
        for (int k = 0; k < left.length; k++) {
          left[k] = frame.samples()[2 * k];
        }
        goertzel.add(left, 0, left.length);
      }
      player.join();
    }
    assertThat(goertzel.share()).isGreaterThan(0.95);
  }

  @Test
  void nothingComesOnceACaptureIsClosed() throws Exception {
    BlockingQueue<AudioFrame> heard = new LinkedBlockingQueue<>();
    Capture capture = device(AudioInput.class).open(CARD, heard::add);
    try (Playback playback = device(AudioOutput.class).open(CARD)) {
      playback.write(new short[8_820], 0, 8_820);
      assertThat(heard.poll(30, TimeUnit.SECONDS)).isNotNull();
    }
    capture.close();
    List<AudioFrame> before = List.copyOf(heard);
    try (Playback playback = device(AudioOutput.class).open(CARD)) {
      playback.write(new short[1_764], 0, 1_764);
    }
    assertThat(heard).containsExactlyElementsOf(before);
  }

  @Test
  void aClosedLoudspeakerSaysSo() throws Exception {
    Playback playback = device(AudioOutput.class).open(CARD);
    playback.close();
    assertThatThrownBy(() -> playback.write(new short[100], 0, 100))
        .isInstanceOf(IOException.class);
  }

  @Test
  void aFormatThatTheLoudspeakerLacksIsRefused() {
    AudioOutput loudspeaker = device(AudioOutput.class);
    assertThatThrownBy(() -> loudspeaker.open(new PcmFormat(8_000, 1)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(LoopbackMixerProvider.NAME);
  }
}
