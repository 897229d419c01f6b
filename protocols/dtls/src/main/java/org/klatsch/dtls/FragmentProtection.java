package org.klatsch.dtls;

/// Records with the header of RFC 6347 §4.1, whose fragment alone is protected: all of version 1.2,
/// and epoch 0 of 1.3.
abstract sealed class FragmentProtection extends RecordProtection
    permits PlaintextProtection, AeadProtection {
  /// Bytes that protection adds to a fragment.
  abstract int expansion();

  @Override
  final int overhead() {
    return RecordHeader.LENGTH + expansion();
  }

  @Override
  final int seal(
      int type,
      int epoch,
      long sequence,
      byte[] in,
      int inOffset,
      int inLength,
      byte[] out,
      int outOffset) {
    int fragment =
        sealFragment(
            type, epoch, sequence, in, inOffset, inLength, out, outOffset + RecordHeader.LENGTH);
    RecordHeader.write(
        out, outOffset, type, ProtocolVersion.DTLS_1_2.code(), epoch, sequence, fragment);
    return RecordHeader.LENGTH + fragment;
  }

  /// Protects a fragment.
  ///
  /// @return bytes written
  abstract int sealFragment(
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
