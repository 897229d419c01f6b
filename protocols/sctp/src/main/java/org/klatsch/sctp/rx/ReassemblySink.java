package org.klatsch.sctp.rx;

/// Takes whole messages in the order they are delivered.
@FunctionalInterface
public interface ReassemblySink {
  /// @param data handed over
  void deliver(int streamId, int ppid, boolean unordered, byte[] data);
}
