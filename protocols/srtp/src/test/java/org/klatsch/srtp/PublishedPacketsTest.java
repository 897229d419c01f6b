package org.klatsch.srtp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Whole packets from master keys: the ones that libsrtp's test driver publishes, and those of RFC
/// 9335 appendix A.
class PublishedPacketsTest {
  private static final String CM = "e1f97a0d3e018be0d64fa32c06de4139 0ec675ad498afeebb6960b3aabe6";
  private static final String CM_256 =
      "f0f04914b513f2763a1b1fa130f10e2998f6f6e43e4309d1e622a0e332b9f1b6"
          + "3b04803de51ee7c96423ab5b78d2";
  private static final String GCM = "000102030405060708090a0b0c0d0e0f a0a1a2a3a4a5a6a7a8a9aaab";

  private static final String RTP = "800f1234decafbadcafebabeabababababababababababababababab";
  private static final String RTCP = "81c8000bcafebabeabababababababababababababababab";

  private static SrtpContext context(boolean outbound, SrtpSuite suite, String keys) {
    byte[] bytes = Hex.bytes(keys);
    byte[] key = Arrays.copyOf(bytes, suite.keyLength());
    byte[] salt = Arrays.copyOfRange(bytes, suite.keyLength(), bytes.length);
    SrtpOptions options = SrtpOptions.DEFAULT.withCryptex(true);
    return outbound
        ? SrtpContext.outbound(suite, key, salt, options)
        : SrtpContext.inbound(suite, key, salt, options);
  }

  private static void check(SrtpSuite suite, String keys, boolean rtcp, String from, String to)
      throws SrtpException {
    byte[] plain = Hex.bytes(from);
    // Somewhere inside an array.
    byte[] buffer = new byte[plain.length + 60];
    System.arraycopy(plain, 0, buffer, 20, plain.length);
    SrtpContext sender = context(true, suite, keys);
    int length =
        rtcp
            ? sender.protectRtcp(buffer, 20, plain.length)
            : sender.protectRtp(buffer, 20, plain.length);
    assertThat(Hex.text(buffer, 20, length)).isEqualTo(to);
    SrtpContext receiver = context(false, suite, keys);
    int opened =
        rtcp
            ? receiver.unprotectRtcp(buffer, 20, length)
            : receiver.unprotectRtp(buffer, 20, length);
    assertThat(Hex.text(buffer, 20, opened)).isEqualTo(from);
  }

  @ParameterizedTest
  @CsvSource({
    "AES_CM_128_HMAC_SHA1_80,"
        + CM
        + ","
        + RTP
        + ",800f1234decafbadcafebabe4e55dc4ce79978d88ca4d215949d2402b78d6acc99ea179b8dbb",
    "AES_256_CM_HMAC_SHA1_80,"
        + CM_256
        + ","
        + RTP
        + ",800f1234decafbadcafebabef1d9de17ff251ff1aa007774b0b4b40da08d9d9a5b3a55d8873b",
    "AEAD_AES_128_GCM,"
        + GCM
        + ","
        + RTP
        + ",800f1234decafbadcafebabec5002ede04cfdd2eb91159e0880aa06ed2976826f796b201df3131a1"
        + "27e8a392"
  })
  void protectsRtpAsPublished(SrtpSuite suite, String keys, String from, String to)
      throws SrtpException {
    check(suite, keys, false, from, to);
  }

  @ParameterizedTest
  @CsvSource({
    "AES_CM_128_HMAC_SHA1_80,"
        + CM
        + ",81c8000bcafebabe7128035be487b9bdbef89041f977a5a880000001993e08cd54d6c1230798",
    // RFC 4568 §6.2.2: the short tag is not for SRTCP.
    "AES_CM_128_HMAC_SHA1_32,"
        + CM
        + ",81c8000bcafebabe7128035be487b9bdbef89041f977a5a880000001993e08cd54d6c1230798",
    "AEAD_AES_128_GCM,"
        + GCM
        + ",81c8000bcafebabec98b8b5df0392a55852b6c21ac8e7025c52c6fbea2b3b446ea31123ba88ce61e"
        + "80000001"
  })
  void protectsRtcpAsPublished(SrtpSuite suite, String keys, String to) throws SrtpException {
    check(suite, keys, true, RTCP, to);
  }

  @ParameterizedTest
  @CsvSource({
    // One-byte header extension.
    "900f1235decafbadcafebabebede000151000200abababababababababababababababab,"
        + "900f1235decafbadcafebabec0de0001eb92365251c3e036f8de27e9c27ee3e0b4651d9fbc4218a7"
        + "0244522f34a5",
    // Two-byte header extension.
    "900f1236decafbadcafebabe1000000105020002abababababababababababababababab,"
        + "900f1236decafbadcafebabec2de00014ed9cc4e6a712b3096c5ca77339d4204ce0d77396cab6958"
        + "5fbce38194a5",
    // One-byte header extension and CSRCs.
    "920f1238decafbadcafebabe0001e2400000b26ebede000151000200abababababababababababababababab,"
        + "920f1238decafbadcafebabe8bb6e12b5cff16ddc0de000192838c8c09e58393e1de3a9a74734d67"
        + "45671338c3acf11da2df8423bee0",
    // Two-byte header extension and CSRCs.
    "920f1239decafbadcafebabe0001e2400000b26e1000000105020002abababababababababababababababab,"
        + "920f1239decafbadcafebabef70e513eb90b9b25c2de0001bbed4848faa644665f3d7f34125914e9"
        + "f4d0ae923c6f479b95a0f7b53133",
    // Empty header extensions and CSRCs.
    "920f123adecafbadcafebabe0001e2400000b26ebede0000abababababababababababababababab,"
        + "920f123adecafbadcafebabe7130b6abfe2ab0e3c0de0000e3d9f64b25c9e74cb4cf8e43fb92e378"
        + "1c2c0ceab6b3a499a14c",
    "920f123bdecafbadcafebabe0001e2400000b26e10000000abababababababababababababababab,"
        + "920f123bdecafbadcafebabecbf24c124330e1c8c2de0000599dd45bc9d687b603e8b59d771fd38e"
        + "88b170e0cd31e125eabe"
  })
  void encryptsHeadersInCounterModeAsPublished(String from, String to) throws SrtpException {
    check(SrtpSuite.AES_CM_128_HMAC_SHA1_80, CM, false, from, to);
  }

  @ParameterizedTest
  @CsvSource({
    "900f1235decafbadcafebabebede000151000200abababababababababababababababab,"
        + "900f1235decafbadcafebabec0de000139972dc9572c4d99e8fc355de743fb2e94f9d8ff54e72f41"
        + "93bbc5c74ffab0fa9fa0fbeb",
    "900f1236decafbadcafebabe1000000105020002abababababababababababababababab,"
        + "900f1236decafbadcafebabec2de0001bb75a4c545cd1f413bdb7daa2b1e3263de313667c9632490"
        + "81b35a65f5cb6c88b394235f",
    "920f1238decafbadcafebabe0001e2400000b26ebede000151000200abababababababababababababababab,"
        + "920f1238decafbadcafebabe63bbccc4a7f695c4c0de00018ad7c71fac70a80c92866b4c6ba98546"
        + "ef913586e95ffaaffe956885bb0647a8bc094ac8",
    "920f1239decafbadcafebabe0001e2400000b26e1000000105020002abababababababababababababababab,"
        + "920f1239decafbadcafebabe3680524f8d312b00c2de0001c78d120038422bc111a7187a18246f98"
        + "0c059cc6bc9df8b626394eca344e4b05d80fea83",
    "920f123adecafbadcafebabe0001e2400000b26ebede0000abababababababababababababababab,"
        + "920f123adecafbadcafebabe15b6bb4337906fffc0de0000b7b964537a2b03ab7ba5389ce9331712"
        + "6b5d974df30c6884dcb651c5e120c1da",
    "920f123bdecafbadcafebabe0001e2400000b26e10000000abababababababababababababababab,"
        + "920f123bdecafbadcafebabedcb38c9e48bf95f4c2de000061ee432cf920317076613258d3ce4236"
        + "c06ac429681ad08413512dc98b5207d8"
  })
  void encryptsHeadersWithGcmAsPublished(String from, String to) throws SrtpException {
    check(SrtpSuite.AEAD_AES_128_GCM, GCM, false, from, to);
  }
}
