package org.klatsch.dtls;

/// Takes decrypted application data.
@FunctionalInterface
public interface ApplicationDataSink {
  /// Called while a packet is handled, once per record. The bytes are borrowed: they are
  /// overwritten when the call returns.
  ///
  /// @param now nanoseconds, as given to [DtlsConnection#handlePacket]
  void handleApplicationData(long now, byte[] data, int offset, int length);
}
