package org.klatsch.stun;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.klatsch.sansio.TransportAddress;

/// An attribute as a value of its own, for code that looks at whole messages. Hot paths read
/// attributes in place with [StunMessage] and write them with [StunMessageWriter].
///
/// Arrays in the records belong to them and are not to be changed.
public sealed interface StunAttribute {
  /// The attribute's type, as in [StunAttributeType].
  int type();

  /// MAPPED-ADDRESS, RESPONSE-ORIGIN, OTHER-ADDRESS or ALTERNATE-SERVER, RFC 8489 §14.1.
  record PlainAddress(int type, TransportAddress address) implements StunAttribute {}

  /// XOR-MAPPED-ADDRESS and its like, RFC 8489 §14.2.
  record XorAddress(int type, TransportAddress address) implements StunAttribute {}

  /// USERNAME, REALM, NONCE, SOFTWARE or ALTERNATE-DOMAIN: UTF-8 text, RFC 8489 §14.3, §14.9,
  /// §14.10, §14.14, §14.16.
  record Text(int type, String value) implements StunAttribute {}

  /// USERHASH: SHA-256 of user name and realm, RFC 8489 §14.4.
  record Userhash(byte[] hash) implements StunAttribute {
    @Override
    public int type() {
      return StunAttributeType.USERHASH;
    }
  }

  /// MESSAGE-INTEGRITY or MESSAGE-INTEGRITY-SHA256, RFC 8489 §14.5 and §14.6.
  record Integrity(int type, byte[] hmac) implements StunAttribute {}

  /// FINGERPRINT, RFC 8489 §14.7.
  record FingerprintValue(int crc) implements StunAttribute {
    @Override
    public int type() {
      return StunAttributeType.FINGERPRINT;
    }
  }

  /// ERROR-CODE, RFC 8489 §14.8.
  ///
  /// @param code 300 to 699
  record ErrorCode(int code, String reason) implements StunAttribute {
    @Override
    public int type() {
      return StunAttributeType.ERROR_CODE;
    }
  }

  /// UNKNOWN-ATTRIBUTES, RFC 8489 §14.13.
  record UnknownAttributes(List<Integer> types) implements StunAttribute {
    public UnknownAttributes {
      types = List.copyOf(types);
    }

    @Override
    public int type() {
      return StunAttributeType.UNKNOWN_ATTRIBUTES;
    }
  }

  /// PASSWORD-ALGORITHMS, RFC 8489 §14.11, most preferred first.
  record PasswordAlgorithms(List<Algorithm> algorithms) implements StunAttribute {
    public PasswordAlgorithms {
      algorithms = List.copyOf(algorithms);
    }

    @Override
    public int type() {
      return StunAttributeType.PASSWORD_ALGORITHMS;
    }
  }

  /// PASSWORD-ALGORITHM, RFC 8489 §14.12.
  record ChosenPasswordAlgorithm(Algorithm algorithm) implements StunAttribute {
    @Override
    public int type() {
      return StunAttributeType.PASSWORD_ALGORITHM;
    }
  }

  /// A number of 32 bits: PRIORITY, NOMINATION, CHANGE-REQUEST, RESPONSE-PORT, LIFETIME. Those of
  /// TURN that have fewer bits stand in the upper ones, RFC 8656 §18.
  ///
  /// @param value unsigned
  record Unsigned32(int type, long value) implements StunAttribute {}

  /// A number of 64 bits: ICE-CONTROLLED, ICE-CONTROLLING.
  record Bits64(int type, long value) implements StunAttribute {}

  /// An attribute that is there or not: USE-CANDIDATE, DONT-FRAGMENT.
  record Flag(int type) implements StunAttribute {}

  /// An attribute whose value this module does not interpret.
  record Opaque(int type, byte[] value) implements StunAttribute {}

  /// A password algorithm with its parameters, RFC 8489 §18.5.
  ///
  /// @param number as in [PasswordAlgorithm#number()], or one that is unknown here
  record Algorithm(int number, byte[] parameters) {
    /// The algorithm if it is known here and has no parameters, else null.
    public @Nullable PasswordAlgorithm known() {
      return parameters.length == 0 ? PasswordAlgorithm.ofNumber(number) : null;
    }
  }
}
