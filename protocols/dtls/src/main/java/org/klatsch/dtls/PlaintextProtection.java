package org.klatsch.dtls;

/// Epoch 0: no protection, RFC 6347 §4.1.
final class PlaintextProtection extends FragmentProtection {
  @Override
  int expansion() {
    return 0;
  }

  @Override
  int sealFragment(
      int type,
      int epoch,
      long sequence,
      byte[] in,
      int inOffset,
      int inLength,
      byte[] out,
      int outOffset) {
    System.arraycopy(in, inOffset, out, outOffset, inLength);
    return inLength;
  }

  @Override
  int open(
      int type,
      int epoch,
      long sequence,
      byte[] in,
      int inOffset,
      int inLength,
      byte[] out,
      int outOffset) {
    System.arraycopy(in, inOffset, out, outOffset, inLength);
    return inLength;
  }
}
