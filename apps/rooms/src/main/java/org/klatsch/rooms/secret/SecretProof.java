package org.klatsch.rooms.secret;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/// One side of the proof that both ends of a connection know the secret of a code **and** see the
/// same two DTLS certificates; `docs/transfer-protocol.md` §4.2. Good for one connection; not
/// thread-safe.
///
/// Order of calls: [#ownPoint()] any time, [#handlePoint(byte[])] once, then [#ownTag()] and
/// [#accepts(byte[])]. The sender must not show its tag before it accepted the receiver's.
public final class SecretProof {
  /// Length of a confirmation tag in bytes.
  public static final int TAG_LENGTH = 32;

  /// Length of a nonce in bytes.
  public static final int NONCE_LENGTH = 16;

  /// The receiver typed the code and speaks first: party A of CPace.
  public enum Role {
    RECEIVER,
    SENDER
  }

  private static final byte[] PROTOCOL = Cpace.ascii("klatsch-transfer-1");

  private final Role role;
  private final byte[] sessionId;
  private final byte[] channelIdentifier;
  private final byte[] scalar;
  private final byte[] ownPoint;
  private byte @Nullable [] confirmationKey;
  private byte @Nullable [] peerPoint;

  /// @param ownNonce from the own hello
  /// @param peerNonce from the other's hello
  /// @param ownFingerprint SHA-256 of the own certificate
  /// @param peerFingerprint SHA-256 of the certificate the other end really used
  /// @param random draws the scalar
  public SecretProof(
      Role role,
      TransferCode code,
      byte[] ownNonce,
      byte[] peerNonce,
      byte[] ownFingerprint,
      byte[] peerFingerprint,
      SecureRandom random) {
    this(role, code, ownNonce, peerNonce, ownFingerprint, peerFingerprint, randomScalar(random));
  }

  SecretProof(
      Role role,
      TransferCode code,
      byte[] ownNonce,
      byte[] peerNonce,
      byte[] ownFingerprint,
      byte[] peerFingerprint,
      byte[] scalar) {
    requireLength("nonce", ownNonce, NONCE_LENGTH);
    requireLength("nonce", peerNonce, NONCE_LENGTH);
    requireLength("fingerprint", ownFingerprint, 32);
    requireLength("fingerprint", peerFingerprint, 32);
    boolean receiver = role == Role.RECEIVER;
    this.role = role;
    this.scalar = scalar.clone();
    sessionId = receiver ? join(ownNonce, peerNonce) : join(peerNonce, ownNonce);
    channelIdentifier =
        Cpace.concat(
            PROTOCOL,
            Cpace.ascii(code.id()),
            receiver ? ownFingerprint : peerFingerprint,
            receiver ? peerFingerprint : ownFingerprint);
    byte[] generator =
        Cpace.generator(
            Cpace.generatorString(Cpace.ascii(code.secret()), channelIdentifier, sessionId));
    byte[] point = Cpace.multiply(scalar, generator);
    if (point == null) {
      // One secret in 2^252 would map to such a point.
      throw new IllegalStateException("the generator has small order");
    }
    ownPoint = point;
  }

  /// What this side sends in `pake`.
  public byte[] ownPoint() {
    return ownPoint.clone();
  }

  /// Takes the other's point.
  ///
  /// @return false if the point is none that an honest peer sends; the connection then ends as with
  ///   a wrong code
  public boolean handlePoint(byte[] point) {
    requireLength("point", point, Cpace.POINT_LENGTH);
    if (confirmationKey != null) {
      throw new IllegalStateException("the other's point is known already");
    }
    byte[] shared = Cpace.multiply(scalar, point);
    Arrays.fill(scalar, (byte) 0);
    if (shared == null) {
      return false;
    }
    peerPoint = point.clone();
    byte[] sessionKey = Cpace.sessionKey(sessionId, shared, receiverPoint(), senderPoint());
    confirmationKey =
        Cpace.sha512(Cpace.concat(Cpace.ascii("klatsch-confirm"), sessionId, sessionKey));
    return true;
  }

  /// What this side sends in `confirm`.
  public byte[] ownTag() {
    return tag(role);
  }

  /// Whether the other's tag proves that it knows the secret and sees the same certificates.
  /// Constant time.
  public boolean accepts(byte[] peerTag) {
    return MessageDigest.isEqual(tag(role == Role.SENDER ? Role.RECEIVER : Role.SENDER), peerTag);
  }

  private byte[] tag(Role of) {
    byte[] key = confirmationKey;
    if (key == null) {
      throw new IllegalStateException("the other's point is not known yet");
    }
    byte[] label = Cpace.ascii(of == Role.SENDER ? "sender" : "receiver");
    try {
      Mac mac = Mac.getInstance("HmacSHA512");
      mac.init(new SecretKeySpec(key, "HmacSHA512"));
      byte[] full =
          mac.doFinal(Cpace.concat(label, channelIdentifier, receiverPoint(), senderPoint()));
      return Arrays.copyOf(full, TAG_LENGTH);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK has no HmacSHA512", e);
    }
  }

  private byte[] receiverPoint() {
    return role == Role.RECEIVER ? ownPoint : peer();
  }

  private byte[] senderPoint() {
    return role == Role.SENDER ? ownPoint : peer();
  }

  private byte[] peer() {
    byte[] point = peerPoint;
    if (point == null) {
      throw new IllegalStateException("the other's point is not known yet");
    }
    return point;
  }

  private static byte[] randomScalar(SecureRandom random) {
    byte[] scalar = new byte[Cpace.POINT_LENGTH];
    random.nextBytes(scalar);
    return scalar;
  }

  private static byte[] join(byte[] first, byte[] second) {
    byte[] joined = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, joined, first.length, second.length);
    return joined;
  }

  private static void requireLength(String what, byte[] bytes, int expected) {
    if (bytes.length != expected) {
      throw new IllegalArgumentException(
          what + " of " + bytes.length + " bytes, expected " + expected);
    }
  }
}
