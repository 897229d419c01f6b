package org.klatsch.stun;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.klatsch.sansio.MalformedPacketException;
import org.klatsch.sansio.PacketReader;
import org.klatsch.sansio.PacketWriter;

/// Attributes between their wire form and [StunAttribute].
final class StunAttributeCodec {
  private StunAttributeCodec() {}

  static StunAttribute decode(StunMessage message, int at) throws MalformedStunException {
    byte[] array = message.array();
    int offset = message.valueOffset(at);
    int length = message.valueLength(at);
    int type = StunMessage.u16(array, at);
    return switch (type) {
      case StunAttributeType.MAPPED_ADDRESS,
          StunAttributeType.ALTERNATE_SERVER,
          StunAttributeType.RESPONSE_ORIGIN,
          StunAttributeType.OTHER_ADDRESS ->
          new StunAttribute.PlainAddress(type, StunAddress.decode(array, offset, length));
      case StunAttributeType.XOR_MAPPED_ADDRESS,
          StunAttributeType.XOR_PEER_ADDRESS,
          StunAttributeType.XOR_RELAYED_ADDRESS ->
          new StunAttribute.XorAddress(
              type,
              StunAddress.decodeXor(
                  array,
                  offset,
                  length,
                  StunMessage.i32(array, message.offset() + 8),
                  StunMessage.i64(array, message.offset() + 12)));
      case StunAttributeType.USERNAME,
          StunAttributeType.REALM,
          StunAttributeType.NONCE,
          StunAttributeType.SOFTWARE,
          StunAttributeType.ALTERNATE_DOMAIN ->
          new StunAttribute.Text(type, new String(array, offset, length, StandardCharsets.UTF_8));
      case StunAttributeType.MESSAGE_INTEGRITY, StunAttributeType.MESSAGE_INTEGRITY_SHA256 ->
          new StunAttribute.Integrity(type, Arrays.copyOfRange(array, offset, offset + length));
      case StunAttributeType.USERHASH -> {
        expect(type, length, 32);
        yield new StunAttribute.Userhash(Arrays.copyOfRange(array, offset, offset + length));
      }
      case StunAttributeType.FINGERPRINT -> {
        expect(type, length, 4);
        yield new StunAttribute.FingerprintValue(StunMessage.i32(array, offset));
      }
      case StunAttributeType.PRIORITY,
          StunAttributeType.NOMINATION,
          StunAttributeType.CHANGE_REQUEST,
          StunAttributeType.RESPONSE_PORT,
          StunAttributeType.CHANNEL_NUMBER,
          StunAttributeType.CONNECTION_ID,
          StunAttributeType.LIFETIME,
          StunAttributeType.REQUESTED_ADDRESS_FAMILY,
          StunAttributeType.ADDITIONAL_ADDRESS_FAMILY,
          StunAttributeType.REQUESTED_TRANSPORT -> {
        expect(type, length, 4);
        yield new StunAttribute.Unsigned32(
            type, Integer.toUnsignedLong(StunMessage.i32(array, offset)));
      }
      case StunAttributeType.ICE_CONTROLLED, StunAttributeType.ICE_CONTROLLING -> {
        expect(type, length, 8);
        yield new StunAttribute.Bits64(type, StunMessage.i64(array, offset));
      }
      case StunAttributeType.USE_CANDIDATE, StunAttributeType.DONT_FRAGMENT -> {
        expect(type, length, 0);
        yield new StunAttribute.Flag(type);
      }
      case StunAttributeType.ERROR_CODE -> decodeErrorCode(array, offset, length);
      case StunAttributeType.UNKNOWN_ATTRIBUTES -> decodeUnknown(array, offset, length);
      case StunAttributeType.PASSWORD_ALGORITHMS ->
          new StunAttribute.PasswordAlgorithms(decodeAlgorithms(array, offset, length));
      case StunAttributeType.PASSWORD_ALGORITHM -> {
        List<StunAttribute.Algorithm> algorithms = decodeAlgorithms(array, offset, length);
        if (algorithms.size() != 1) {
          throw new MalformedStunException(
              "PASSWORD-ALGORITHM names " + algorithms.size() + " algorithms, not 1");
        }
        yield new StunAttribute.ChosenPasswordAlgorithm(algorithms.getFirst());
      }
      default -> new StunAttribute.Opaque(type, Arrays.copyOfRange(array, offset, offset + length));
    };
  }

  private static void expect(int type, int length, int expected) throws MalformedStunException {
    if (length != expected) {
      throw new MalformedStunException(
          "attribute 0x"
              + Integer.toHexString(type)
              + " has "
              + length
              + " bytes, not "
              + expected);
    }
  }

  private static StunAttribute decodeErrorCode(byte[] array, int offset, int length)
      throws MalformedStunException {
    int hundreds = length < 4 ? 0 : array[offset + 2] & 7;
    int number = length < 4 ? 0 : array[offset + 3] & 0xff;
    if (hundreds < 3 || hundreds > 6 || number > 99) {
      throw new MalformedStunException("ERROR-CODE " + hundreds + "/" + number);
    }
    return new StunAttribute.ErrorCode(
        hundreds * 100 + number, new String(array, offset + 4, length - 4, StandardCharsets.UTF_8));
  }

  private static StunAttribute decodeUnknown(byte[] array, int offset, int length)
      throws MalformedStunException {
    if (length % 2 != 0) {
      throw new MalformedStunException("UNKNOWN-ATTRIBUTES has an odd length, " + length);
    }
    List<Integer> types = new ArrayList<>();
    for (int i = 0; i < length; i += 2) {
      types.add(StunMessage.u16(array, offset + i));
    }
    return new StunAttribute.UnknownAttributes(types);
  }

  /// Each algorithm is a number, the length of its parameters and these, padded to 4 bytes.
  static List<StunAttribute.Algorithm> decodeAlgorithms(byte[] array, int offset, int length)
      throws MalformedStunException {
    PacketReader reader = new PacketReader(array, offset, length);
    List<StunAttribute.Algorithm> algorithms = new ArrayList<>();
    try {
      while (reader.hasRemaining()) {
        int number = reader.u16();
        int parametersLength = reader.u16();
        algorithms.add(new StunAttribute.Algorithm(number, reader.bytes(parametersLength)));
        reader.skip(Math.min(-parametersLength & 3, reader.remaining()));
      }
    } catch (MalformedPacketException e) {
      throw new MalformedStunException("password algorithms are " + e.getMessage());
    }
    return algorithms;
  }

  static void encode(StunMessageWriter out, StunAttribute attribute) {
    switch (attribute) {
      case StunAttribute.PlainAddress plain -> out.address(plain.type(), plain.address());
      case StunAttribute.XorAddress xor -> out.xorAddress(xor.type(), xor.address());
      case StunAttribute.Text text -> out.text(text.type(), text.value());
      case StunAttribute.Userhash userhash -> out.bytes(userhash.type(), userhash.hash());
      case StunAttribute.Integrity integrity -> out.bytes(integrity.type(), integrity.hmac());
      case StunAttribute.FingerprintValue fingerprint ->
          out.u32(fingerprint.type(), fingerprint.crc());
      case StunAttribute.ErrorCode error -> out.error(error.code(), error.reason());
      case StunAttribute.UnknownAttributes unknown ->
          out.unknownAttributes(unknown.types().stream().mapToInt(Integer::intValue).toArray());
      case StunAttribute.PasswordAlgorithms algorithms ->
          out.bytes(algorithms.type(), encodeAlgorithms(algorithms.algorithms()));
      case StunAttribute.ChosenPasswordAlgorithm chosen ->
          out.bytes(chosen.type(), encodeAlgorithms(List.of(chosen.algorithm())));
      case StunAttribute.Unsigned32 number -> out.u32(number.type(), number.value());
      case StunAttribute.Bits64 bits -> out.u64(bits.type(), bits.value());
      case StunAttribute.Flag flag -> out.flag(flag.type());
      case StunAttribute.Opaque opaque -> out.bytes(opaque.type(), opaque.value());
    }
  }

  private static byte[] encodeAlgorithms(List<StunAttribute.Algorithm> algorithms) {
    int length = 0;
    for (StunAttribute.Algorithm algorithm : algorithms) {
      length += 4 + StunMessage.padded(algorithm.parameters().length);
    }
    PacketWriter out = new PacketWriter(length);
    for (StunAttribute.Algorithm algorithm : algorithms) {
      byte[] parameters = algorithm.parameters();
      out.u16(algorithm.number()).u16(parameters.length).bytes(parameters);
      out.zeros(-parameters.length & 3);
    }
    return out.toByteArray();
  }
}
