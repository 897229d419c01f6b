package org.klatsch.sctp;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.klatsch.sansio.PacketWriter;
import org.klatsch.sctp.packet.DropReason;
import org.klatsch.sctp.packet.InitChunk;
import org.klatsch.sctp.packet.SctpMalformedException;
import org.klatsch.sctp.packet.Wire;

/// State Cookie, RFC 9260 §5.1.3: everything needed to make the association, signed, so that
/// nothing is remembered of an INIT until its sender proves that it receives.
///
/// @param createdAt nanoseconds
/// @param localTag tag that the peer must use
/// @param localTieTag our tag in the association that existed when the cookie was made, else 0
/// @param peerTieTag the peer's tag in that association, else 0
record StateCookie(
    long createdAt,
    int localTag,
    int peerTag,
    int localInitialTsn,
    int peerInitialTsn,
    long peerWindow,
    int peerOutboundStreams,
    int peerInboundStreams,
    InitChunk.Features peerFeatures,
    int localTieTag,
    int peerTieTag) {
  private static final String MAC = "HmacSHA256";
  private static final int MAC_LENGTH = 32;
  private static final int BODY_LENGTH = 41;
  static final int LENGTH = BODY_LENGTH + MAC_LENGTH;

  byte[] encode(byte[] key) {
    int bits =
        (peerFeatures.partialReliability() ? 1 : 0)
            | (peerFeatures.interleaving() ? 2 : 0)
            | (peerFeatures.reconfiguration() ? 4 : 0)
            | (peerFeatures.zeroChecksum() ? 8 : 0);
    byte[] body =
        new PacketWriter(BODY_LENGTH)
            .u64(createdAt)
            .u32(localTag)
            .u32(peerTag)
            .u32(localInitialTsn)
            .u32(peerInitialTsn)
            .u32((int) peerWindow)
            .u16(peerOutboundStreams)
            .u16(peerInboundStreams)
            .u8(bits)
            .u32(localTieTag)
            .u32(peerTieTag)
            .toByteArray();
    byte[] cookie = Arrays.copyOf(body, LENGTH);
    System.arraycopy(mac(key, body), 0, cookie, BODY_LENGTH, MAC_LENGTH);
    return cookie;
  }

  /// Checks the signature and reads the cookie.
  static StateCookie decode(byte[] key, byte[] cookie) throws SctpMalformedException {
    if (cookie.length != LENGTH
        || !MessageDigest.isEqual(
            mac(key, Arrays.copyOf(cookie, BODY_LENGTH)),
            Arrays.copyOfRange(cookie, BODY_LENGTH, LENGTH))) {
      throw new SctpMalformedException(
          DropReason.FORGED_COOKIE, "cookie of " + cookie.length + " bytes is not ours");
    }
    int bits = cookie[32];
    return new StateCookie(
        (long) Wire.i32(cookie, 0) << 32 | Integer.toUnsignedLong(Wire.i32(cookie, 4)),
        Wire.i32(cookie, 8),
        Wire.i32(cookie, 12),
        Wire.i32(cookie, 16),
        Wire.i32(cookie, 20),
        Integer.toUnsignedLong(Wire.i32(cookie, 24)),
        Wire.u16(cookie, 28),
        Wire.u16(cookie, 30),
        new InitChunk.Features((bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0, (bits & 8) != 0),
        Wire.i32(cookie, 33),
        Wire.i32(cookie, 37));
  }

  private static byte[] mac(byte[] key, byte[] body) {
    try {
      Mac mac = Mac.getInstance(MAC);
      mac.init(new SecretKeySpec(key, MAC));
      return mac.doFinal(body);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has " + MAC, e);
    }
  }
}
