package org.klatsch.sip;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;

class SipMessageFuzzTest {
  private static final SipLimits WIDE = new SipLimits(1 << 24, 1 << 24, 1 << 16, 1 << 16);

  @FuzzTest
  void parses(byte[] data) throws MalformedSipException {
    SipMessage message;
    try {
      message = SipMessageReader.parse(data, 0, data.length);
    } catch (MalformedSipException e) {
      SipRequest request = e.request();
      if (request != null) {
        assertThat(request.response(e.status()).toBytes()).isNotEmpty();
      }
      return;
    }
    byte[] written = message.toBytes();
    SipMessage again = SipMessageReader.parse(written, 0, written.length, WIDE);
    assertThat(again.toBytes()).isEqualTo(written);
    try {
      MultipartBody.parts(message);
    } catch (MalformedSipException e) {
      assertThat(message.hasBody()).isTrue();
    }
  }

  @FuzzTest
  void cutsStreams(byte[] data) {
    SipStreamReader reader = new SipStreamReader(new SipLimits(4096, 1024, 64, 64));
    try {
      for (int i = 0; i < data.length; i += 64) {
        reader.handleBytes(data, i, Math.min(64, data.length - i));
        while (reader.next()) {
          assertThat(reader.packetLength()).isPositive();
          assertThat(reader.packetOffset() + reader.packetLength())
              .isLessThanOrEqualTo(reader.buffer().length);
        }
      }
    } catch (MalformedSipException e) {
      assertThat(e.getMessage()).isNotEmpty();
    }
  }
}
