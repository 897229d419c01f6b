package org.klatsch.sctp;

import java.security.SecureRandom;
import java.util.SplittableRandom;

/// Repeatable tags and keys.
public final class SeededRandom extends SecureRandom {
  private static final long serialVersionUID = 1;

  private final transient SplittableRandom random;

  public SeededRandom(long seed) {
    super(null, null);
    this.random = new SplittableRandom(seed);
  }

  @Override
  public void nextBytes(byte[] bytes) {
    random.nextBytes(bytes);
  }

  @Override
  public int nextInt() {
    return random.nextInt();
  }

  @Override
  public long nextLong() {
    return random.nextLong();
  }

  @Override
  public String getAlgorithm() {
    return "seeded";
  }
}
