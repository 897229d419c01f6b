package org.klatsch.codecs.device;

/// A device that is recorded from, until it is closed.
@FunctionalInterface
public interface Capture extends AutoCloseable {
  /// Gives the device back. Nothing comes any more once this returns.
  @Override
  void close();
}
