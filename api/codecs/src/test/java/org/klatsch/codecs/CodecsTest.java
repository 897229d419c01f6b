package org.klatsch.codecs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CodecsTest {
  private static final PcmFormat TELEPHONE = new PcmFormat(8_000, 1);

  private record Provider(String name, int preference, List<CodecFormat> formats)
      implements CodecProvider {
    @Override
    public @Nullable AudioEncoder audioEncoder(CodecFormat format, PcmFormat wish) {
      return formats.stream().anyMatch(format::isSameCodec) ? new Encoder(name) : null;
    }
  }

  private record Encoder(String provider) implements AudioEncoder {
    @Override
    public PcmFormat pcm() {
      return TELEPHONE;
    }

    @Override
    public int encode(short[] pcm, int offset, int frames, byte[] out, int outOffset) {
      return 0;
    }

    @Override
    public int maxPayloadSize(int frames) {
      return 0;
    }
  }

  @Test
  void findsTheBuiltInCodecs() {
    Codecs codecs = Codecs.installed();
    assertThat(codecs.formats()).contains(CodecFormat.PCMU, CodecFormat.PCMA);
    assertThat(codecs.supports(new CodecFormat("AUDIO/pcmu", 8_000, 0, Map.of()))).isTrue();
    assertThat(codecs.supports(new CodecFormat("audio/PCMU", 16_000, 1, Map.of()))).isFalse();
  }

  @Test
  void asksTheProviderOfHigherPreferenceFirst() {
    Codecs codecs =
        new Codecs(
            List.of(
                new Provider("java", 0, List.of(CodecFormat.PCMU, CodecFormat.OPUS)),
                new Provider("native", 10, List.of(CodecFormat.OPUS))));
    assertThat(codecs.audioEncoder(CodecFormat.OPUS, TELEPHONE)).isEqualTo(new Encoder("native"));
    assertThat(codecs.audioEncoder(CodecFormat.PCMU, TELEPHONE)).isEqualTo(new Encoder("java"));
    assertThat(codecs.formats()).containsExactly(CodecFormat.OPUS, CodecFormat.PCMU);
  }

  @Test
  void saysWhatIsMissingAndWhatToAdd() {
    Codecs codecs = new Codecs(List.of(new BuiltInCodecs()));
    assertThatThrownBy(() -> codecs.audioEncoder(CodecFormat.OPUS, TELEPHONE))
        .isInstanceOf(CodecUnavailableException.class)
        .hasMessage(
            "no encoder for audio/opus/48000/2 among [built-in]: add"
                + " org.klatsch:klatsch-codecs-opus to the class path");
    assertThatThrownBy(() -> codecs.videoDecoder(CodecFormat.VP8))
        .isInstanceOf(CodecUnavailableException.class)
        .hasMessageContaining("no decoder for video/VP8/90000")
        .hasMessageContaining("klatsch-codecs-ffmpeg");
  }

  @Test
  void readsFormatParameters() {
    CodecFormat format =
        CodecFormat.OPUS.withParameters(Map.of("useinbandfec", "1", "minptime", "ten"));
    assertThat(format.parameter("useinbandfec", 0)).isEqualTo(1);
    assertThat(format.parameter("minptime", 10)).isEqualTo(10);
    assertThat(format.parameter("usedtx", 0)).isZero();
    assertThat(format.isSameCodec(CodecFormat.OPUS)).isTrue();
    assertThat(format).isNotEqualTo(CodecFormat.OPUS);
    assertThat(format.encodingName()).isEqualTo("opus");
  }

  @Test
  void framesRefuseWrongSizes() {
    assertThatThrownBy(() -> new VideoFrame(3, 3, new byte[16], 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected 17");
    assertThatThrownBy(() -> new AudioFrame(new short[3], 8_000, 2, 0))
        .isInstanceOf(IllegalArgumentException.class);
    AudioFrame frame = new AudioFrame(new short[320], 8_000, 2, 0);
    assertThat(frame.frames()).isEqualTo(160);
    assertThat(frame.durationNanos()).isEqualTo(20_000_000);
    VideoFrame picture = new VideoFrame(3, 3, new byte[17], 0);
    assertThat(picture.offsetU()).isEqualTo(9);
    assertThat(picture.offsetV()).isEqualTo(13);
  }
}
