package org.klatsch.dtls;

/// How the records of one epoch are written, or read, in one direction. What reading takes differs
/// between the two forms of a record.
abstract sealed class RecordProtection permits FragmentProtection, UnifiedProtection {
  /// Bytes that a record takes beyond its content, header included.
  abstract int overhead();

  /// Writes a whole record into `out`, which has [#overhead()] more room than the content takes.
  ///
  /// @return bytes written
  abstract int seal(
      int type,
      int epoch,
      long sequence,
      byte[] in,
      int inOffset,
      int inLength,
      byte[] out,
      int outOffset);
}
