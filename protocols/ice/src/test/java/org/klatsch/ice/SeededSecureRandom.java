package org.klatsch.ice;

import java.security.SecureRandom;
import java.util.SplittableRandom;

/// Randomness that a seed replays, for tests only.
final class SeededSecureRandom extends SecureRandom {
  private static final long serialVersionUID = 1;
  private final transient SplittableRandom source;

  SeededSecureRandom(long seed) {
    this.source = new SplittableRandom(seed);
  }

  @Override
  public void nextBytes(byte[] bytes) {
    source.nextBytes(bytes);
  }

  @Override
  public int nextInt() {
    return source.nextInt();
  }

  @Override
  public long nextLong() {
    return source.nextLong();
  }

  @Override
  public double nextDouble() {
    return source.nextDouble();
  }
}
