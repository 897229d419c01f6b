package org.klatsch.server.tls;

import java.math.BigInteger;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;

/// Makes a certificate for host names and addresses, RFC 5280 §4.1, with an ECDSA key on P-256.
final class SelfSigned {
  /// Just below the 398 days beyond which browsers refuse a server's certificate even where it is
  /// trusted.
  static final Duration LIFETIME = Duration.ofDays(397);

  /// For clocks that are behind.
  private static final Duration BACKDATED = Duration.ofDays(1);

  private static final byte[] ECDSA_WITH_SHA256 = Der.sequence(Der.oid(1, 2, 840, 10045, 4, 3, 2));

  private SelfSigned() {}

  static KeyPair newKey(SecureRandom random) throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"), random);
    return generator.generateKeyPair();
  }

  static byte[] certificate(
      KeyPair key,
      Instant now,
      Collection<String> hostNames,
      Collection<InetAddress> addresses,
      SecureRandom random)
      throws GeneralSecurityException {
    // Version 3 is the value 2, RFC 5280 §4.1.2.1.
    byte[] version = Der.tagged(0xa0, Der.integer(BigInteger.TWO));
    byte[] serial = Der.integer(new BigInteger(159, random).setBit(158));
    byte[] name = Der.sequence(Der.set(Der.sequence(Der.oid(2, 5, 4, 3), Der.utf8("Klatsch"))));
    byte[] validity =
        Der.sequence(Der.time(now.minus(BACKDATED)), Der.time(now.plus(LIFETIME).minus(BACKDATED)));
    byte[] extensions =
        Der.tagged(
            0xa3,
            Der.sequence(
                extension(Der.oid(2, 5, 29, 17), false, alternativeNames(hostNames, addresses)),
                // Basic constraints: not an authority.
                extension(Der.oid(2, 5, 29, 19), true, Der.sequence()),
                // Extended key usage: TLS server.
                extension(
                    Der.oid(2, 5, 29, 37),
                    false,
                    Der.sequence(Der.oid(1, 3, 6, 1, 5, 5, 7, 3, 1)))));
    byte[] toBeSigned =
        Der.sequence(
            version,
            serial,
            ECDSA_WITH_SHA256,
            name,
            validity,
            name,
            key.getPublic().getEncoded(),
            extensions);
    Signature signature = Signature.getInstance("SHA256withECDSA");
    signature.initSign(key.getPrivate(), random);
    signature.update(toBeSigned);
    return Der.sequence(toBeSigned, ECDSA_WITH_SHA256, Der.bitString(signature.sign()));
  }

  /// Subject alternative name, RFC 5280 §4.2.1.6.
  private static byte[] alternativeNames(
      Collection<String> hostNames, Collection<InetAddress> addresses) {
    byte[] names = new byte[0];
    for (String host : hostNames) {
      names = Der.join(names, Der.tagged(0x82, host.getBytes(StandardCharsets.US_ASCII)));
    }
    for (InetAddress address : addresses) {
      names = Der.join(names, Der.tagged(0x87, address.getAddress()));
    }
    return Der.sequence(names);
  }

  private static byte[] extension(byte[] oid, boolean critical, byte[] value) {
    byte[] octets = Der.octetString(value);
    return critical ? Der.sequence(oid, Der.bool(true), octets) : Der.sequence(oid, octets);
  }
}
