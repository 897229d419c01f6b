package org.klatsch.server;

import com.code_intelligence.jazzer.junit.FuzzTest;
import org.klatsch.sansio.TransportAddress;

final class BindingResponderFuzzTest {
  @FuzzTest
  void neverAnswersMuchMoreThanItWasAsked(byte[] packet) {
    var source = TransportAddress.parse("2001:db8::1", 9);
    byte[] response = new byte[BindingResponder.MAX_RESPONSE];
    int length = new BindingResponder().respond(packet, packet.length, source, response);
    // Header, address of IPv6 and fingerprint; or error, reason and eight unknown attributes.
    if (length > packet.length + 80) {
      throw new AssertionError(length + " bytes in answer to " + packet.length);
    }
  }
}
