package org.klatsch.rtp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.klatsch.rtp.fec.FecHeader;
import org.klatsch.rtp.fec.FecScheme;
import org.klatsch.rtp.fec.PacketMask;
import org.klatsch.rtp.fec.Parity;
import org.klatsch.rtp.payload.Av1Depacketizer;
import org.klatsch.rtp.payload.Av1Packetizer;
import org.klatsch.rtp.payload.Depacketizer;
import org.klatsch.rtp.payload.H264Depacketizer;
import org.klatsch.rtp.payload.H264Packetizer;
import org.klatsch.rtp.payload.OpusPayload;
import org.klatsch.rtp.payload.Packetizer;
import org.klatsch.rtp.payload.RedBlock;
import org.klatsch.rtp.payload.RedPayload;
import org.klatsch.rtp.payload.Vp8Depacketizer;
import org.klatsch.rtp.payload.Vp8Packetizer;
import org.klatsch.rtp.payload.Vp9Depacketizer;
import org.klatsch.rtp.payload.Vp9Packetizer;
import org.klatsch.rtp.rtcp.RtcpCompound;
import org.klatsch.rtp.rtcp.RtcpPacket;
import org.klatsch.rtp.rtcp.UnknownRtcp;
import org.klatsch.sansio.PacketWriter;

/// Packets as Chromium and Firefox send them.
class BrowserCaptureTest {
  private static final int MAX_FRAME = 1 << 20;

  private static Depacketizer depacketizer(String codec) {
    return switch (codec) {
      case "vp8" -> new Vp8Depacketizer(MAX_FRAME);
      case "vp9" -> new Vp9Depacketizer(MAX_FRAME);
      case "h264" -> new H264Depacketizer(MAX_FRAME);
      default -> new Av1Depacketizer(MAX_FRAME);
    };
  }

  private static Packetizer packetizer(String codec) {
    return switch (codec) {
      case "vp8" -> new Vp8Packetizer(1);
      case "vp9" -> new Vp9Packetizer(1);
      case "h264" -> new H264Packetizer(1);
      default -> new Av1Packetizer();
    };
  }

  /// A frame in hexadecimal, without the zero that Chromium puts behind an H.264 parameter set: it
  /// belongs to the next start code.
  private static String text(Depacketizer depacketizer) {
    return HexFormat.of()
        .formatHex(depacketizer.frame(), 0, depacketizer.frameLength())
        .replace("0000000001", "00000001");
  }

  @ParameterizedTest
  @CsvSource({"chromium, vp8", "chromium, vp9", "chromium, h264", "chromium, av1", "firefox, vp8"})
  void framesAreJoinedAndSurviveOurOwnPacketizer(String browser, String codec) throws Exception {
    Capture capture = Capture.read(browser + "-" + codec + ".txt");
    Depacketizer depacketizer = depacketizer(codec);
    Depacketizer again = depacketizer(codec);
    RtpPacket packet = new RtpPacket();
    int frames = 0;
    boolean starts = true;
    for (byte[] bytes : capture.rtp()) {
      packet.parse(bytes, 0, bytes.length);
      int at = packet.payloadOffset();
      int length = packet.payloadLength();
      if (starts) {
        depacketizer.reset();
        assertThat(depacketizer.startsFrame(bytes, at, length)).isTrue();
        assertThat(depacketizer.startsKeyFrame(bytes, at, length)).isEqualTo(frames == 0);
      } else if (!codec.equals("h264")) {
        // H.264 cannot tell: parameter sets come before the picture.
        assertThat(depacketizer.startsKeyFrame(bytes, at, length)).isFalse();
      }
      depacketizer.append(bytes, at, length);
      assertThat(depacketizer.complete() || !packet.marker()).isTrue();
      starts = packet.marker();
      if (!packet.marker()) {
        continue;
      }
      assertThat(depacketizer.keyFrame()).isEqualTo(frames == 0);
      if (frames == 0 && depacketizer instanceof Vp8Depacketizer vp8) {
        assertThat(vp8.width()).isPositive();
      }
      if (frames == 0 && depacketizer instanceof Vp9Depacketizer vp9) {
        assertThat(vp9.width()).isEqualTo(320);
        assertThat(vp9.height()).isEqualTo(180);
      }
      Packetizer packetizer = packetizer(codec);
      again.reset();
      packetizer.start(depacketizer.frame(), 0, depacketizer.frameLength(), 700);
      byte[] out = new byte[700];
      while (packetizer.hasNext()) {
        again.append(out, 0, packetizer.next(out, 0));
      }
      assertThat(text(again)).isEqualTo(text(depacketizer));
      assertThat(again.keyFrame()).isEqualTo(frames == 0);
      frames++;
    }
    assertThat(frames).isGreaterThan(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"vp8", "vp9", "h264", "av1"})
  void dependencyDescriptorsFollowTheFrames(String codec) throws Exception {
    Capture capture = Capture.read("chromium-" + codec + ".txt");
    HeaderExtensions extensions = new HeaderExtensions(capture.ids());
    RtpPacket packet = new RtpPacket();
    DependencyDescriptor descriptor = new DependencyDescriptor();
    DependencyStructure structure = null;
    boolean starts = true;
    int frame = -1;
    for (byte[] bytes : capture.rtp()) {
      extensions.of(packet.parse(bytes, 0, bytes.length));
      int at = extensions.valueOffset(ExtensionType.DEPENDENCY_DESCRIPTOR);
      int length = extensions.valueLength(ExtensionType.DEPENDENCY_DESCRIPTOR);
      descriptor.parse(bytes, at, length, structure);
      if (descriptor.attachedStructure() != null) {
        structure = descriptor.attachedStructure();
        assertThat(frame).isEqualTo(-1);
        assertThat(descriptor.frameDiffCount()).isZero();
      }
      assertThat(descriptor.startOfFrame()).isEqualTo(starts);
      assertThat(descriptor.endOfFrame()).isEqualTo(packet.marker());
      assertThat(descriptor.spatialLayer()).isZero();
      if (starts && frame >= 0) {
        assertThat(descriptor.frameNumber()).isEqualTo(frame + 1 & 0xffff);
        assertThat(descriptor.frameDiffCount()).isPositive();
      }
      frame = descriptor.frameNumber();
      starts = packet.marker();
    }
    assertThat(structure).isNotNull();
    // With H.264 Chromium tells no size.
    if (!codec.equals("h264")) {
      assertThat(structure.widths()).containsExactly(320);
      assertThat(structure.heights()).containsExactly(180);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"chromium-vp8", "chromium-av1", "chromium-red", "firefox-vp8"})
  void headerExtensionsAreRead(String name) throws Exception {
    Capture capture = Capture.read(name + ".txt");
    HeaderExtensions extensions = new HeaderExtensions(capture.ids());
    RtpPacket packet = new RtpPacket();
    int sequence = -1;
    for (byte[] bytes : capture.rtp()) {
      extensions.of(packet.parse(bytes, 0, bytes.length));
      int next = extensions.transportSequence();
      assertThat(next).isNotEqualTo(HeaderExtensions.ABSENT);
      assertThat(sequence < 0 || (next - sequence & 0xffff) < 1000).isTrue();
      sequence = next;
      if (name.equals("chromium-red")) {
        assertThat(extensions.audioLevel()).isBetween(0, 127);
      } else {
        assertThat(extensions.absSendTime()).isNotNegative();
      }
    }
    extensions.of(packet.parse(capture.rtp().getFirst(), 0, capture.rtp().getFirst().length));
    assertThat(extensions.mid()).isEqualTo("0");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"chromium-vp8", "chromium-vp9", "chromium-h264", "chromium-red", "firefox-vp8"})
  void rtcpIsReadAndWrittenUnchanged(String name) throws Exception {
    for (byte[] bytes : Capture.read(name + ".txt").rtcp()) {
      List<RtcpPacket> packets = RtcpCompound.parse(bytes, 0, bytes.length);
      assertThat(packets).doesNotHaveAnyElementsOfTypes(UnknownRtcp.class);
      PacketWriter out = new PacketWriter(RtcpCompound.length(packets));
      RtcpCompound.write(packets, out);
      assertThat(out.toByteArray()).isEqualTo(bytes);
    }
  }

  @Test
  void redundantOpusIsTakenApart() throws Exception {
    Capture capture = Capture.read("chromium-red.txt");
    RtpPacket packet = new RtpPacket();
    Map<Integer, byte[]> frames = new HashMap<>();
    int repeated = 0;
    for (byte[] bytes : capture.rtp()) {
      packet.parse(bytes, 0, bytes.length);
      List<RedBlock> blocks =
          RedPayload.parse(bytes, packet.payloadOffset(), packet.payloadLength());
      for (RedBlock block : blocks) {
        assertThat(block.payloadType()).isEqualTo(111);
        byte[] frame = Arrays.copyOfRange(bytes, block.offset(), block.offset() + block.length());
        assertThat(OpusPayload.samples(frame, 0, frame.length)).isEqualTo(960);
        byte[] before = frames.put(packet.timestamp() - block.timestampOffset(), frame);
        if (before != null) {
          repeated++;
          assertThat(frame).isEqualTo(before);
        }
      }
    }
    assertThat(repeated).isEqualTo(capture.rtp().size() - 1);
  }

  /// Any packet that a repair packet of Chromium protects comes back from it and the others, once
  /// the extensions that change on the way are zero.
  @Test
  void packetsComeBackFromTheRepairPacketsOfABrowser() throws Exception {
    Capture capture = Capture.read("chromium-ulpfec.txt");
    Map<Integer, byte[]> media = new HashMap<>();
    List<byte[]> repairs = new ArrayList<>();
    RtpPacket packet = new RtpPacket();
    int ssrc = 0;
    for (byte[] bytes : capture.rtp()) {
      packet.parse(bytes, 0, bytes.length);
      if (packet.payloadLength() == 0) {
        continue;
      }
      ssrc = packet.ssrc();
      int block = bytes[packet.payloadOffset()];
      if (block == 120) {
        int at = packet.payloadOffset() + 1;
        repairs.add(Arrays.copyOfRange(bytes, at, at + packet.payloadLength() - 1));
      } else {
        int header = packet.headerLength();
        byte[] inside = new byte[bytes.length - 1];
        System.arraycopy(bytes, 0, inside, 0, header);
        System.arraycopy(bytes, header + 1, inside, header, bytes.length - header - 1);
        packet.parse(inside, 0, inside.length);
        packet.payloadType(block);
        MutableExtensions.zero(packet, capture.ids());
        media.put(packet.sequenceNumber(), inside);
      }
    }
    FecHeader header = new FecHeader();
    Parity parity = new Parity(1500);
    int recovered = 0;
    for (byte[] repair : repairs) {
      FecScheme.ULPFEC.read(repair, 0, repair.length, ssrc, header);
      PacketMask mask = header.mask();
      for (int lost = mask.next(0); lost >= 0; lost = mask.next(lost + 1)) {
        parity.clear();
        FecScheme.ULPFEC.addTo(parity, repair, 0, header);
        boolean complete = true;
        for (int i = mask.next(0); i >= 0; i = mask.next(i + 1)) {
          byte[] other = media.get(header.baseSequence() + i & 0xffff);
          complete &= other != null;
          if (other != null && i != lost) {
            parity.add(other, 0, other.length);
          }
        }
        if (!complete) {
          continue;
        }
        int sequence = header.baseSequence() + lost & 0xffff;
        byte[] out = new byte[1500];
        int length = parity.recover(ssrc, sequence, out, 0, out.length);
        assertThat(Arrays.copyOf(out, length)).isEqualTo(media.get(sequence));
        recovered++;
      }
    }
    assertThat(recovered).isGreaterThan(5);
  }
}
