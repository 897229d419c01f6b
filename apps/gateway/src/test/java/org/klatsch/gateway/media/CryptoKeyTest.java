package org.klatsch.gateway.media;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import org.junit.jupiter.api.Test;
import org.klatsch.srtp.SrtpSuite;

class CryptoKeyTest {
  /// RFC 4568 §5.1.1 has a line of this form.
  private static final String LINE =
      "1 AES_CM_128_HMAC_SHA1_80 inline:d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj|2^20|1:4";

  @Test
  void readsBackWhatItWrites() {
    CryptoKey key = CryptoKey.random(3, SrtpSuite.AEAD_AES_128_GCM, new SecureRandom());

    CryptoKey read = CryptoKey.parse(key.attributeValue());

    assertThat(read).isNotNull();
    assertThat(read.tag()).isEqualTo(3);
    assertThat(read.sameKey(key)).isTrue();
  }

  @Test
  void passesOverMasterKeyIdentifiers() {
    assertThat(CryptoKey.parse(LINE)).isNull();
    assertThat(CryptoKey.parse(LINE.replace("|1:4", ""))).isNotNull();
  }

  @Test
  void passesOverWhatItDoesNotKnow() {
    String good = LINE.replace("|2^20|1:4", "");
    assertThat(CryptoKey.parse(good)).isNotNull();
    assertThat(CryptoKey.parse(good.replace("_80", "_99"))).isNull();
    assertThat(CryptoKey.parse(good.replace("inline:", "uri:"))).isNull();
    assertThat(CryptoKey.parse(good + " UNENCRYPTED_SRTP")).isNull();
    assertThat(CryptoKey.parse(good + " WSH=128")).isNotNull();
    assertThat(CryptoKey.parse(good.substring(0, good.length() - 4))).isNull();
    assertThat(CryptoKey.parse("nonsense")).isNull();
  }

  @Test
  void showsNoKey() {
    assertThat(CryptoKey.parse(LINE.replace("|1:4", "")).toString()).doesNotContain("d0Rm");
  }
}
