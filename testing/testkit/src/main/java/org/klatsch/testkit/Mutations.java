package org.klatsch.testkit;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/// Seeded damage to well-formed packets, for tests that feed cores with nearly right bytes.
public final class Mutations {
  private Mutations() {}

  /// Random bytes, 0 to `maxLength` of them.
  public static byte[] randomBytes(RandomGenerator random, int maxLength) {
    byte[] bytes = new byte[random.nextInt(maxLength + 1)];
    random.nextBytes(bytes);
    return bytes;
  }

  /// A damaged copy of a packet: bits flipped, bytes set to edge values, cut short, grown, or a
  /// part repeated or removed.
  public static byte[] mutate(RandomGenerator random, byte[] packet) {
    byte[] bytes = packet.clone();
    int changes = 1 + random.nextInt(4);
    for (int i = 0; i < changes && bytes.length > 0; i++) {
      int at = random.nextInt(bytes.length);
      int length = 1 + random.nextInt(Math.min(16, bytes.length - at));
      switch (random.nextInt(7)) {
        case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
        case 1 -> bytes[at] = new byte[] {0, 1, -1, 127, -128}[random.nextInt(5)];
        case 2 -> bytes[at] = (byte) random.nextInt();
        case 3 -> bytes = Arrays.copyOf(bytes, at);
        case 4 -> bytes = Arrays.copyOf(bytes, bytes.length + random.nextInt(64));
        case 5 -> {
          byte[] grown = new byte[bytes.length + length];
          System.arraycopy(bytes, 0, grown, 0, at + length);
          System.arraycopy(bytes, at, grown, at + length, bytes.length - at);
          bytes = grown;
        }
        default -> {
          byte[] shrunk = new byte[bytes.length - length];
          System.arraycopy(bytes, 0, shrunk, 0, at);
          System.arraycopy(bytes, at + length, shrunk, at, bytes.length - at - length);
          bytes = shrunk;
        }
      }
    }
    return bytes;
  }

  /// A message size as applications have them: mostly small, sometimes large, with the edges 0, 1
  /// and `max`.
  public static int messageSize(RandomGenerator random, int max) {
    return switch (random.nextInt(8)) {
      case 0 -> random.nextInt(2);
      case 1 -> max;
      case 2 -> random.nextInt(max + 1);
      case 3, 4 -> Math.min(max, 1_100 + random.nextInt(200));
      default -> Math.min(max, random.nextInt(1_000));
    };
  }
}
