package org.klatsch.server;

import java.util.Arrays;
import org.klatsch.sansio.TransportAddress;
import org.klatsch.stun.MalformedStunException;
import org.klatsch.stun.StunAttributeType;
import org.klatsch.stun.StunClass;
import org.klatsch.stun.StunErrorCode;
import org.klatsch.stun.StunMessage;
import org.klatsch.stun.StunMessageWriter;
import org.klatsch.stun.StunMethod;

/// Answers STUN binding requests with the address they came from, RFC 8489 §12. It keeps no state
/// and an answer is hardly longer than its request, so forged sources gain nothing. Confined to one
/// thread.
final class BindingResponder {
  static final int MAX_RESPONSE = 128;
  private static final int MAX_UNKNOWN_TOLD = 8;

  /// Ascending. Credentials are ignored where none are asked for, RFC 8489 §9.
  private static final int[] UNDERSTOOD = {
    StunAttributeType.USERNAME,
    StunAttributeType.MESSAGE_INTEGRITY,
    StunAttributeType.REALM,
    StunAttributeType.NONCE,
    StunAttributeType.MESSAGE_INTEGRITY_SHA256,
    StunAttributeType.PASSWORD_ALGORITHM,
    StunAttributeType.USERHASH
  };

  private final StunMessage request = new StunMessage();
  private final StunMessageWriter writer = new StunMessageWriter();

  /// Writes the answer to a packet.
  ///
  /// @return its length, 0 if the packet deserves none
  int respond(byte[] packet, int length, TransportAddress source, byte[] response) {
    if (!StunMessage.looksLikeStun(packet, 0, length)) {
      return 0;
    }
    try {
      request.reset(packet, 0, length);
      if (!request.is(StunClass.REQUEST, StunMethod.BINDING)) {
        return 0;
      }
      int[] unknown = request.unknownRequired(UNDERSTOOD);
      if (unknown.length > 0) {
        int[] told =
            unknown.length > MAX_UNKNOWN_TOLD ? Arrays.copyOf(unknown, MAX_UNKNOWN_TOLD) : unknown;
        writer
            .startResponse(response, 0, MAX_RESPONSE, StunClass.ERROR_RESPONSE, request)
            .error(StunErrorCode.UNKNOWN_ATTRIBUTE)
            .unknownAttributes(told);
      } else {
        writer
            .startResponse(response, 0, MAX_RESPONSE, StunClass.SUCCESS_RESPONSE, request)
            .xorAddress(StunAttributeType.XOR_MAPPED_ADDRESS, source);
      }
      writer.fingerprint();
      return writer.length();
    } catch (MalformedStunException e) {
      return 0;
    }
  }
}
