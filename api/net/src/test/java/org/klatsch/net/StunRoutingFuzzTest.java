package org.klatsch.net;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.Arrays;
import org.klatsch.sansio.TransportAddress;

/// Any bytes at all: looking for a username fragment stays inside them and answers are small.
class StunRoutingFuzzTest {
  @FuzzTest
  void staysInsideThePacket(byte[] data) {
    // Surrounded by other bytes, as in a receive buffer of several packets.
    byte[] buffer = new byte[data.length + 8];
    Arrays.fill(buffer, (byte) ':');
    System.arraycopy(data, 0, buffer, 4, data.length);
    if (StunRouting.isBindingRequest(buffer, 4, data.length)) {
      String ufrag = StunRouting.localUfrag(buffer, 4, data.length);
      if (ufrag != null) {
        assertThat(ufrag).hasSizeLessThanOrEqualTo(256);
        assertThat(StunRouting.hasUsername(buffer, 4, data.length)).isTrue();
        assertThat(StunRouting.localUfrag(data, 0, data.length)).isEqualTo(ufrag);
      }
      byte[] out = new byte[StunRouting.MAX_RESPONSE];
      TransportAddress remote = TransportAddress.parse("2001:db8::1", 9);
      assertThat(StunRouting.writeResponse(buffer, 4, remote, out, 0)).isEqualTo(44);
    }
  }
}
