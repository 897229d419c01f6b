package org.klatsch.rtp;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.klatsch.rtp.fec.FecHeader;
import org.klatsch.rtp.fec.FecScheme;
import org.klatsch.rtp.fec.Parity;
import org.klatsch.rtp.rtcp.RtcpCompound;
import org.klatsch.rtp.rtcp.RtcpPacket;
import org.klatsch.sansio.PacketWriter;

/// Fuzz targets: packets, RTCP, dependency descriptors, repair packets.
class RtpFuzzTest {
  private static final ExtensionIds IDS = allIds();

  private static ExtensionIds allIds() {
    Map<ExtensionType, Integer> ids = new EnumMap<>(ExtensionType.class);
    for (ExtensionType type : ExtensionType.values()) {
      ids.put(type, type.ordinal() + 1);
    }
    return ExtensionIds.of(ids);
  }

  @FuzzTest(maxDuration = "60s")
  void packet(byte[] bytes) {
    RtpPacket packet = new RtpPacket();
    try {
      packet.parse(bytes, 0, bytes.length);
    } catch (MalformedRtpException e) {
      return;
    }
    assertThat(packet.headerLength() + packet.payloadLength() + packet.paddingLength())
        .isEqualTo(bytes.length);
    HeaderExtensions extensions = new HeaderExtensions(IDS).of(packet);
    for (ExtensionType type : ExtensionType.values()) {
      int at = extensions.valueOffset(type);
      assertThat(at + extensions.valueLength(type)).isLessThanOrEqualTo(bytes.length);
    }
    extensions.mid();
    extensions.rid();
    extensions.audioLevel();
    extensions.csrcAudioLevel(0);
    extensions.absSendTime();
    extensions.transportSequence();
    extensions.feedbackRequest();
    extensions.absCaptureTime();
    extensions.captureClockOffset();
    extensions.transmissionOffset();
    extensions.videoOrientation();
    extensions.playoutDelay();
    byte[] copy = new byte[bytes.length + 2];
    int wrapped = Rtx.wrap(packet, 1, 2, 3, copy, 0, copy.length);
    try {
      RtpPacket original = new RtpPacket().parse(copy, 0, wrapped);
      Rtx.unwrap(original, packet.payloadType(), packet.ssrc());
      assertThat(original.sequenceNumber()).isEqualTo(packet.sequenceNumber());
      assertThat(original.payloadLength()).isEqualTo(packet.payloadLength());
    } catch (MalformedRtpException e) {
      throw new AssertionError(e);
    }
    MutableExtensions.zero(packet, IDS);
  }

  @FuzzTest(maxDuration = "60s")
  void rtcp(byte[] bytes) throws Exception {
    List<RtcpPacket> packets;
    try {
      packets = RtcpCompound.parse(bytes, 0, bytes.length);
    } catch (MalformedRtpException e) {
      return;
    }
    PacketWriter out = new PacketWriter(RtcpCompound.length(packets));
    RtcpCompound.write(packets, out);
    assertThat(out.remaining()).isZero();
    assertThat(RtcpCompound.parse(out.array(), 0, out.length())).isEqualTo(packets);
  }

  @FuzzTest(maxDuration = "60s")
  void dependencyDescriptor(byte[] bytes) {
    DependencyDescriptor descriptor = new DependencyDescriptor();
    try {
      int first = bytes.length / 2;
      descriptor.parse(bytes, 0, first, null);
      DependencyStructure structure = descriptor.attachedStructure();
      assertThat(structure).isNotNull();
      assertThat(structure.templates()).isNotEmpty().hasSizeLessThanOrEqualTo(64);
      structure.spatialLayer(structure.decodeTargets() - 1);
      structure.temporalLayer(0);
      descriptor.parse(bytes, first, bytes.length - first, structure);
      assertThat(descriptor.frameDiffCount())
          .isLessThanOrEqualTo(DependencyDescriptor.MAX_FRAME_DIFFS);
    } catch (MalformedRtpException e) {
      assertThat(e.reason()).isEqualTo(MalformedRtpException.Reason.EXTENSION);
    }
  }

  @FuzzTest(maxDuration = "60s")
  void repair(byte[] bytes) {
    FecHeader header = new FecHeader();
    Parity parity = new Parity(1500);
    for (FecScheme scheme : List.of(FecScheme.ULPFEC, FecScheme.FLEXFEC, FecScheme.FLEXFEC_03)) {
      try {
        scheme.read(bytes, 0, bytes.length, 1, header);
        assertThat(header.mask().highest()).isBetween(0, scheme.maskCapacity() - 1);
        parity.clear();
        if (scheme.addTo(parity, bytes, 0, header)) {
          int length = parity.recover(1, 2, new byte[1500], 0, 1500);
          assertThat(length).isBetween(RtpPacket.HEADER_LENGTH, 1500);
        }
      } catch (MalformedRtpException e) {
        assertThat(e.getMessage()).isNotEmpty();
      }
    }
  }
}
