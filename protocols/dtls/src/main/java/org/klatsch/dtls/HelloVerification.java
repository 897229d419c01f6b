package org.klatsch.dtls;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.klatsch.sansio.MalformedPacketException;
import org.klatsch.sansio.PacketWriter;

/// Makes and checks the cookies of HelloVerifyRequest, RFC 6347 §4.2.1, and of HelloRetryRequest,
/// RFC 9147 §5.1: an HMAC over the client's address and its ClientHello, so that a server keeps
/// nothing for a client that has not shown to receive at its address. Not needed where ICE has
/// checked the address before.
public final class HelloVerification {
  private static final int COOKIE_LENGTH = 32;

  private final SecretKeySpec secret;
  private final byte[] clientAddress;

  /// @param secret random bytes, at least 16, the same for all connections of a server; whoever
  ///   owns it changes it now and then
  /// @param clientAddress any encoding of the client's address and port
  public HelloVerification(byte[] secret, byte[] clientAddress) {
    if (secret.length < 16) {
      throw new IllegalArgumentException(
          "secret of " + secret.length + " bytes, at least 16 needed");
    }
    this.secret = new SecretKeySpec(secret, "HmacSHA256");
    this.clientAddress = clientAddress.clone();
  }

  /// The cookie for a ClientHello: everything but the cookie itself and the extensions goes in, RFC
  /// 6347 §4.2.1.
  byte[] cookie(ClientHello hello) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(secret);
      mac.update(clientAddress);
      PacketWriter lengths = new PacketWriter(2);
      mac.update(lengths.u16(hello.legacyVersion()).toByteArray());
      mac.update(hello.random());
      mac.update((byte) hello.sessionId().length);
      mac.update(hello.sessionId());
      for (int suite : hello.cipherSuites()) {
        mac.update((byte) (suite >>> 8));
        mac.update((byte) suite);
      }
      mac.update(hello.compressionMethods());
      byte[] cookie = mac.doFinal();
      return cookie.length == COOKIE_LENGTH ? cookie : Arrays.copyOf(cookie, COOKIE_LENGTH);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("cannot compute HMAC-SHA-256", e);
    }
  }

  boolean isValid(ClientHello hello) {
    return MessageDigest.isEqual(cookie(hello), hello.cookie());
  }

  /// Puts what the server has to remember into a cookie: the state and a seal over it and the
  /// client's address.
  HelloRetry seal(HelloRetry retry) {
    byte[] state = retry.encodeState();
    byte[] cookie = KeySchedule12.concat(state, sealOf(state));
    return new HelloRetry(retry.suite(), retry.group(), retry.clientHelloHash(), cookie);
  }

  /// The state in the cookie of a second ClientHello; null when there is none, or it was not made
  /// here for this address.
  @Nullable HelloRetry open(ClientHello hello) throws MalformedPacketException {
    byte[] cookie = hello.extensions().cookie();
    if (cookie == null || cookie.length < COOKIE_LENGTH) {
      return null;
    }
    byte[] state = Arrays.copyOf(cookie, cookie.length - COOKIE_LENGTH);
    byte[] seal = Arrays.copyOfRange(cookie, state.length, cookie.length);
    return MessageDigest.isEqual(seal, sealOf(state)) ? HelloRetry.ofState(state, cookie) : null;
  }

  private byte[] sealOf(byte[] state) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(secret);
      // Tells them from cookies of HelloVerifyRequest.
      mac.update((byte) 13);
      mac.update(clientAddress);
      return mac.doFinal(state);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("cannot compute HMAC-SHA-256", e);
    }
  }
}
