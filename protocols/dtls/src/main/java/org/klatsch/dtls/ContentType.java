package org.klatsch.dtls;

/// Content types of records, RFC 6347 §4.3.1 and RFC 9147 §4. Numbers, not an enum: they stand on
/// the hot path.
final class ContentType {
  static final int CHANGE_CIPHER_SPEC = 20;
  static final int ALERT = 21;
  static final int HANDSHAKE = 22;
  static final int APPLICATION_DATA = 23;

  /// Version 1.3 only.
  static final int ACK = 26;

  private ContentType() {}

  static boolean isKnown(int type) {
    return (type >= CHANGE_CIPHER_SPEC && type <= APPLICATION_DATA) || type == ACK;
  }
}
