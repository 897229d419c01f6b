package org.klatsch.srtp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/// RFC 3711 appendix B.3, RFC 6188 §7.2 and NIST's vectors for SRTP's key derivation (SP 800-135).
class KeyDerivationTest {
  private static void derives(KeyDerivation derivation, int label, String expected)
      throws Exception {
    byte[] bytes = Hex.bytes(expected);
    assertThat(derivation.derive(label, bytes.length)).isEqualTo(bytes);
  }

  @Test
  void derivesTheKeysOfRfc3711() throws Exception {
    KeyDerivation derivation =
        new KeyDerivation(
            Hex.bytes("E1F97A0D3E018BE0D64FA32C06DE4139"),
            Hex.bytes("0EC675AD498AFEEBB6960B3AABE6"));
    derives(derivation, KeyDerivation.ENCRYPTION, "C61E7A93744F39EE10734AFE3FF7A087");
    derives(derivation, KeyDerivation.SALT, "30CBBC08863D8C85D49DB34A9AE1");
    derives(
        derivation,
        KeyDerivation.AUTHENTICATION,
        "CEBE321F6FF7716B6FD4AB49AF256A156D38BAA48F0A0ACF3C34E2359E6CDBCE"
            + "E049646C43D9327AD175578EF72270986371C10C9A369AC2F94A8C5FBCDDDC25"
            + "6D6E919A48B610EF17C2041E474035766B68642C59BBFC2F34DB60DBDFB2");
  }

  @Test
  void derivesTheKeysOfRfc6188() throws Exception {
    KeyDerivation derivation =
        new KeyDerivation(
            Hex.bytes("f0f04914b513f2763a1b1fa130f10e2998f6f6e43e4309d1e622a0e332b9f1b6"),
            Hex.bytes("3b04803de51ee7c96423ab5b78d2"));
    derives(
        derivation,
        KeyDerivation.ENCRYPTION,
        "5ba1064e30ec51613cad926c5a28ef731ec7fb397f70a960653caf06554cd8c4");
    derives(derivation, KeyDerivation.SALT, "fa31791685ca444a9e07c6c64e93");
    derives(derivation, KeyDerivation.AUTHENTICATION, "fd9c32d39ed5fbb5a9dc96b30818454d1313dc05");
  }

  @Test
  void derivesTheKeysOfNist() throws Exception {
    KeyDerivation derivation =
        new KeyDerivation(
            Hex.bytes("c4809f6d369888728e26adb532129890"),
            Hex.bytes("0e23006c6c044f5662400e9d1bd6"));
    derives(derivation, KeyDerivation.ENCRYPTION, "dc382192ab65108a86b259b61b3af46f");
    derives(derivation, KeyDerivation.AUTHENTICATION, "b83937fb321792ee87b788193be5a4e3bd326ee4");
    derives(derivation, KeyDerivation.SALT, "f1c035c00b5a54a61692c016276c");
  }
}
