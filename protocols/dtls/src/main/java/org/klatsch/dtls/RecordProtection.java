package org.klatsch.dtls;

/// How the fragments of one epoch are protected in one direction.
abstract sealed class RecordProtection permits PlaintextProtection, AeadProtection {
  /// Bytes that protection adds to a fragment.
  abstract int overhead();

  /// Protects a fragment into `out`, which has [#overhead()] more room than the input takes.
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

  /// Verifies and opens a fragment into `out`.
  ///
  /// @return bytes of plaintext, or -1 if the fragment is not authentic
  abstract int open(
      int type,
      int epoch,
      long sequence,
      byte[] in,
      int inOffset,
      int inLength,
      byte[] out,
      int outOffset);
}
