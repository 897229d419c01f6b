package org.klatsch.dtls;

import java.util.Arrays;

/// Master keys and salts of both directions, cut from the exporter's output in the order of RFC
/// 5764 §4.2. The arrays are the caller's.
public record SrtpKeyingMaterial(
    SrtpProfile profile, byte[] clientKey, byte[] serverKey, byte[] clientSalt, byte[] serverSalt) {
  /// Label of the exporter, RFC 5764 §4.2.
  public static final String LABEL = "EXTRACTOR-dtls_srtp";

  static int length(SrtpProfile profile) {
    return 2 * (profile.masterKeyLength() + profile.masterSaltLength());
  }

  static SrtpKeyingMaterial cut(SrtpProfile profile, byte[] material) {
    int key = profile.masterKeyLength();
    int salt = profile.masterSaltLength();
    return new SrtpKeyingMaterial(
        profile,
        Arrays.copyOfRange(material, 0, key),
        Arrays.copyOfRange(material, key, 2 * key),
        Arrays.copyOfRange(material, 2 * key, 2 * key + salt),
        Arrays.copyOfRange(material, 2 * key + salt, 2 * (key + salt)));
  }

  /// Never shows key bytes.
  @Override
  public String toString() {
    return "SrtpKeyingMaterial[" + profile + "]";
  }
}
