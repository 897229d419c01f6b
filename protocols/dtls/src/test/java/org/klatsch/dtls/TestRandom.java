package org.klatsch.dtls;

import java.security.SecureRandom;
import java.util.Random;

/// A SecureRandom that repeats itself for a seed.
final class TestRandom extends SecureRandom {
  private static final long serialVersionUID = 1;

  private final Random random;

  TestRandom(long seed) {
    super(null, null);
    this.random = new Random(seed);
  }

  @Override
  public synchronized void nextBytes(byte[] bytes) {
    random.nextBytes(bytes);
  }
}
