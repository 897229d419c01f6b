package org.klatsch.sctp.dcep;

/// Bounds of [DataChannels].
///
/// @param maxChannels channels open at once; beyond, the peer's are closed at once
/// @param maxLabelLength bytes of a label or protocol that a peer may name
/// @param maxEarlyBytes bytes held for streams on which no channel is open yet
/// @param maxEarlyMessages messages held for such streams
public record DataChannelOptions(
    int maxChannels, int maxLabelLength, int maxEarlyBytes, int maxEarlyMessages) {
  /// 4096 channels: four times what browsers allow. Labels: all that the wire format can say. Early
  /// data: what a peer sends within a round trip before the application opens its end of a
  /// negotiated channel.
  public static final DataChannelOptions DEFAULT =
      new DataChannelOptions(4096, 65_535, 1024 * 1024, 1024);

  public DataChannelOptions {
    if (maxChannels < 1 || maxLabelLength < 0 || maxEarlyBytes < 0 || maxEarlyMessages < 0) {
      throw new IllegalArgumentException("limits must not be negative");
    }
  }
}
