package org.klatsch.sdp;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;

class SessionDescriptionFuzzTest {
  private static final SdpLimits WIDE = new SdpLimits(1 << 24, 1 << 24, 1 << 20, 1 << 16);

  @FuzzTest
  void parses(byte[] data) throws MalformedSdpException {
    SessionDescription description;
    try {
      description = SessionDescription.parse(new String(data, StandardCharsets.UTF_8));
    } catch (MalformedSdpException e) {
      assertThat(e.line()).isPositive();
      return;
    }
    assertThat(SessionDescription.parse(description.toString(), WIDE)).isEqualTo(description);
  }
}
