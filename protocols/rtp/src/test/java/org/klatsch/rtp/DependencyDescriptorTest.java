package org.klatsch.rtp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DependencyDescriptorTest {
  /// Bits, filled up to bytes with zeros.
  private static byte[] bits(String text) {
    String digits = text.replace(" ", "");
    digits += "0".repeat((8 - digits.length() % 8) % 8);
    byte[] bytes = new byte[digits.length() / 8];
    byte[] value = new BigInteger(digits, 2).toByteArray();
    int count = Math.min(value.length, bytes.length);
    System.arraycopy(value, value.length - count, bytes, bytes.length - count, count);
    return bytes;
  }

  /// Two temporal layers, two decode targets, one chain, 640x360: the key frame's template, then
  /// the templates of either layer.
  private static final String STRUCTURE =
      "000101 00001"
          + " 00 01 11"
          + " 10 10  10 10  00 01"
          + " 0  1 0001 0  1 0000 0"
          + " 10 "
          + " 0000 0010 0001"
          + " 1 0000001001111111 0000000101100111";

  private static DependencyDescriptor parse(String text, DependencyStructure structure)
      throws MalformedRtpException {
    byte[] bytes = bits(text);
    byte[] shifted = new byte[bytes.length + 2];
    System.arraycopy(bytes, 0, shifted, 1, bytes.length);
    return new DependencyDescriptor().parse(shifted, 1, bytes.length, structure);
  }

  private static DependencyDescriptor keyFrame() throws MalformedRtpException {
    return parse("1 0 000101 0000000000000001 10000 " + STRUCTURE, null);
  }

  @Test
  void readsTheStructureOfAKeyFrame() throws Exception {
    DependencyDescriptor descriptor = keyFrame();
    assertThat(descriptor.startOfFrame()).isTrue();
    assertThat(descriptor.endOfFrame()).isFalse();
    assertThat(descriptor.frameNumber()).isEqualTo(1);
    assertThat(descriptor.frameDiffCount()).isZero();
    assertThat(descriptor.chains()).isEqualTo(1);
    assertThat(descriptor.chainDiff(0)).isZero();
    assertThat(descriptor.activeDecodeTargets()).isEqualTo(3);
    DependencyStructure structure = descriptor.attachedStructure();
    assertThat(structure).isNotNull();
    assertThat(structure.templates()).hasSize(3);
    assertThat(structure.decodeTargets()).isEqualTo(2);
    assertThat(structure.protectedBy()).containsExactly(0, 0);
    assertThat(structure.widths()).containsExactly(640);
    assertThat(structure.heights()).containsExactly(360);
    assertThat(structure.temporalLayer(0)).isZero();
    assertThat(structure.temporalLayer(1)).isEqualTo(1);
    assertThat(structure.spatialLayer(1)).isZero();
  }

  @Test
  void readsFramesByTheirTemplate() throws Exception {
    DependencyStructure structure = keyFrame().attachedStructure();
    DependencyDescriptor descriptor = parse("1 1 000111 1111111111111111", structure);
    assertThat(descriptor.endOfFrame()).isTrue();
    assertThat(descriptor.frameNumber()).isEqualTo(65_535);
    assertThat(descriptor.temporalLayer()).isEqualTo(1);
    assertThat(descriptor.spatialLayer()).isZero();
    assertThat(descriptor.frameDiffCount()).isEqualTo(1);
    assertThat(descriptor.frameDiff(0)).isEqualTo(1);
    assertThat(descriptor.decodeTargets()).isEqualTo(2);
    assertThat(descriptor.indication(0)).isEqualTo(DependencyStructure.NOT_PRESENT);
    assertThat(descriptor.indication(1)).isEqualTo(DependencyStructure.DISCARDABLE);
    assertThat(descriptor.attachedStructure()).isNull();
    assertThat(descriptor.hasActiveDecodeTargets()).isFalse();
  }

  @Test
  void readsFramesThatTellTheirOwn() throws Exception {
    DependencyStructure structure = keyFrame().attachedStructure();
    DependencyDescriptor descriptor =
        parse(
            "0 1 000110 0000000000000010 01111 01 11 11 10 00000111 01 0000 00 00001001",
            structure);
    assertThat(descriptor.activeDecodeTargets()).isEqualTo(1);
    assertThat(descriptor.indication(0)).isEqualTo(DependencyStructure.REQUIRED);
    assertThat(descriptor.frameDiffCount()).isEqualTo(2);
    assertThat(descriptor.frameDiff(0)).isEqualTo(8);
    assertThat(descriptor.frameDiff(1)).isEqualTo(1);
    assertThat(descriptor.chainDiff(0)).isEqualTo(9);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "11",
        "1 0 000101 0000000000000001",
        "1 0 000101 0000000000000001 01000 11",
        "1 0 000101 0000000000000001 10000 000101 00001 00 00 00",
        "1 0 000101 0000000000000001 10000 000101 11111 11 00"
      })
  void refusesWhatIsCutOffOrHasNoStructure(String text) {
    assertThatThrownBy(() -> parse(text, null))
        .isInstanceOf(MalformedRtpException.class)
        .extracting(e -> ((MalformedRtpException) e).reason())
        .isEqualTo(MalformedRtpException.Reason.EXTENSION);
  }

  @Test
  void refusesUnknownTemplates() throws Exception {
    DependencyStructure structure = keyFrame().attachedStructure();
    assertThatThrownBy(() -> parse("1 1 001000 0000000000000000", structure))
        .isInstanceOf(MalformedRtpException.class);
    assertThatThrownBy(() -> parse("1 1 000100 0000000000000000", structure))
        .isInstanceOf(MalformedRtpException.class);
  }
}
