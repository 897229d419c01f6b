package org.klatsch.dtls;

import org.jspecify.annotations.Nullable;

/// Versions of DTLS. On the wire a version is the one's complement of the version's decimal
/// numbers, RFC 6347 §4.1, so a newer version has a smaller code.
public enum ProtocolVersion {
  /// RFC 4347. Never negotiated (RFC 8996 §2 forbids it), but clients write it into the record
  /// header of their first ClientHello and servers into a HelloVerifyRequest.
  DTLS_1_0(0xfeff, "DTLSv1.0"),
  /// RFC 6347.
  DTLS_1_2(0xfefd, "DTLSv1.2"),
  /// RFC 9147.
  DTLS_1_3(0xfefc, "DTLSv1.3");

  private final int code;
  private final String text;

  ProtocolVersion(int code, String text) {
    this.code = code;
    this.text = text;
  }

  /// The two bytes on the wire.
  public int code() {
    return code;
  }

  /// The version with this code, null for one unknown to us.
  public static @Nullable ProtocolVersion ofCode(int code) {
    for (ProtocolVersion version : values()) {
      if (version.code == code) {
        return version;
      }
    }
    return null;
  }

  @Override
  public String toString() {
    return text;
  }
}
