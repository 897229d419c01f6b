package org.klatsch.rtp.payload;

import java.io.ByteArrayOutputStream;
import java.util.Random;

/// Frames made up for tests that follow their codec's outer format.
enum VideoFormats {
  VP8 {
    @Override
    Packetizer packetizer() {
      return new Vp8Packetizer(32_767);
    }

    @Override
    Depacketizer depacketizer(int maxFrame) {
      return new Vp8Depacketizer(maxFrame);
    }

    @Override
    byte[] frame(Random random, int length, boolean key) {
      byte[] frame = bytes(random, Math.max(length, 10));
      frame[0] = (byte) (key ? frame[0] & 0xfe : frame[0] | 1);
      return frame;
    }
  },
  VP9 {
    @Override
    Packetizer packetizer() {
      return new Vp9Packetizer(5);
    }

    @Override
    Depacketizer depacketizer(int maxFrame) {
      return new Vp9Depacketizer(maxFrame);
    }

    @Override
    byte[] frame(Random random, int length, boolean key) {
      byte[] frame = bytes(random, Math.max(length, 12));
      // Profile 0, shown, 640x360 for a key frame.
      byte[] head = {(byte) 0x82, 0x49, (byte) 0x83, 0x42, 0x00, 0x27, (byte) 0xf0, 0x16, 0x70};
      if (key) {
        System.arraycopy(head, 0, frame, 0, head.length);
      } else {
        frame[0] = (byte) 0x86;
      }
      return frame;
    }
  },
  H264 {
    @Override
    Packetizer packetizer() {
      return new H264Packetizer(1);
    }

    @Override
    Depacketizer depacketizer(int maxFrame) {
      return new H264Depacketizer(maxFrame);
    }

    @Override
    byte[] frame(Random random, int length, boolean key) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      if (key) {
        unit(out, random, 0x67, 12);
        unit(out, random, 0x68, 4);
      }
      int slices = 1 + random.nextInt(4);
      for (int i = 0; i < slices; i++) {
        unit(out, random, key ? 0x65 : 0x41, 2 + random.nextInt(Math.max(1, length / slices)));
      }
      return out.toByteArray();
    }

    private void unit(ByteArrayOutputStream out, Random random, int header, int length) {
      out.writeBytes(new byte[] {0, 0, 0, 1, (byte) header});
      for (int i = 1; i < length; i++) {
        // Without zeros there are no start codes inside.
        out.write(i == 1 ? 0x88 : 1 + random.nextInt(255));
      }
    }
  },
  AV1 {
    @Override
    Packetizer packetizer() {
      return new Av1Packetizer();
    }

    @Override
    Depacketizer depacketizer(int maxFrame) {
      return new Av1Depacketizer(maxFrame);
    }

    @Override
    byte[] frame(Random random, int length, boolean key) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      if (key) {
        unit(out, random, 0x0a, 11);
      }
      int units = 1 + random.nextInt(5);
      for (int i = 0; i < units; i++) {
        unit(out, random, random.nextBoolean() ? 0x32 : 0x36, random.nextInt(length / units + 1));
      }
      return out.toByteArray();
    }

    private void unit(ByteArrayOutputStream out, Random random, int header, int length) {
      out.write(header);
      if ((header & 4) != 0) {
        out.write(0x48);
      }
      byte[] size = new byte[5];
      out.write(size, 0, Av1Obu.putLeb128(size, 0, length));
      out.writeBytes(bytes(random, length));
    }
  };

  abstract Packetizer packetizer();

  abstract Depacketizer depacketizer(int maxFrame);

  abstract byte[] frame(Random random, int length, boolean key);

  private static byte[] bytes(Random random, int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }
}
