package org.klatsch.srtp;

import java.security.GeneralSecurityException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// One direction of an SRTP session: the packets of any number of SSRCs under one master key, RFC
/// 3711. Packets are protected and unprotected in place, in the caller's array.
///
/// A master key must be used by one context only, and by a sender only once: two senders' SSRCs
/// could collide, and then a key stream would be used twice (RFC 3711 §9.1). So each direction of a
/// session has a key of its own.
///
/// Confined to one thread.
public final class SrtpContext {
  /// RFC 3711 §9.2.
  private static final long MAX_RTP_INDEX = (1L << 48) - 1;

  private static final long MAX_RTCP_INDEX = (1L << 31) - 1;

  private final SrtpSuite suite;
  private final boolean outbound;
  private final byte[] masterKey;
  private final byte[] masterSalt;
  private final SrtpOptions options;
  private final StreamTable streams;
  private final boolean mayRepeat;
  private final PacketProtection rtp;
  private final PacketProtection rtcp;

  private SrtpContext(
      SrtpSuite suite, boolean outbound, byte[] masterKey, byte[] masterSalt, SrtpOptions options) {
    if (masterKey.length != suite.keyLength() || masterSalt.length != suite.saltLength()) {
      throw new IllegalArgumentException(
          "master key and salt of "
              + masterKey.length
              + " and "
              + masterSalt.length
              + " bytes, expected "
              + suite.keyLength()
              + " and "
              + suite.saltLength());
    }
    this.suite = suite;
    this.outbound = outbound;
    this.masterKey = masterKey.clone();
    this.masterSalt = masterSalt.clone();
    this.options = options;
    this.streams = new StreamTable(options.maxStreams());
    this.mayRepeat = outbound && options.repeatsPayloads() && !suite.isAead() && !options.cryptex();
    this.rtp = protection(0, suite.rtpOverhead());
    this.rtcp = protection(KeyDerivation.RTCP, suite.rtcpTagLength());
  }

  private PacketProtection protection(int firstLabel, int tagLength) {
    KeyDerivation derivation = new KeyDerivation(masterKey, masterSalt);
    try {
      byte[] key = derivation.derive(firstLabel + KeyDerivation.ENCRYPTION, suite.keyLength());
      byte[] salt = derivation.derive(firstLabel + KeyDerivation.SALT, suite.saltLength());
      return suite.isAead()
          ? new GcmProtection(key, salt)
          : new CounterModeProtection(
              key,
              salt,
              derivation.derive(
                  firstLabel + KeyDerivation.AUTHENTICATION,
                  CounterModeProtection.AUTHENTICATION_KEY_LENGTH),
              tagLength);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(suite + " is not available", e);
    }
  }

  /// A context that protects.
  ///
  /// @param masterKey as long as the suite says; copied
  /// @param masterSalt as long as the suite says; copied
  public static SrtpContext outbound(
      SrtpSuite suite, byte[] masterKey, byte[] masterSalt, SrtpOptions options) {
    return new SrtpContext(suite, true, masterKey, masterSalt, options);
  }

  /// A context that unprotects.
  ///
  /// @param masterKey as long as the suite says; copied
  /// @param masterSalt as long as the suite says; copied
  public static SrtpContext inbound(
      SrtpSuite suite, byte[] masterKey, byte[] masterSalt, SrtpOptions options) {
    return new SrtpContext(suite, false, masterKey, masterSalt, options);
  }

  /// A context that goes on where another one stood, perhaps on another machine.
  ///
  /// Packets may have been sent since the export. An outbound context therefore goes on with SRTCP
  /// indices well ahead; and the layer above must go on with RTP sequence numbers that the former
  /// one cannot have reached, since the same number under the same key would use a key stream
  /// twice.
  ///
  /// @param state what [#exportState] returned
  /// @throws IllegalArgumentException when it is not such a state
  public static SrtpContext ofState(byte[] state, SrtpOptions options) {
    return SrtpState.restore(state, options);
  }

  static SrtpContext create(
      SrtpSuite suite, boolean outbound, byte[] masterKey, byte[] masterSalt, SrtpOptions options) {
    return new SrtpContext(suite, outbound, masterKey, masterSalt, options);
  }

  /// Keys, rollover counters, indices and replay windows, to go on elsewhere. Whoever has them can
  /// read and forge all packets of this direction.
  public byte[] exportState() {
    return SrtpState.save(this);
  }

  public SrtpSuite suite() {
    return suite;
  }

  public SrtpOptions options() {
    return options;
  }

  public boolean isOutbound() {
    return outbound;
  }

  /// SSRCs that have been protected, or that authentic packets have come from.
  public int streams() {
    return streams.size();
  }

  /// Free bytes that [#protectRtp] needs behind a packet: the tag, and with Cryptex an extension
  /// header.
  public int rtpOverhead() {
    return suite.rtpOverhead() + (options.cryptex() ? Wire.EXTENSION_HEADER_LENGTH : 0);
  }

  /// Free bytes that [#protectRtcp] needs behind a packet.
  public int rtcpOverhead() {
    return suite.rtcpOverhead();
  }

  /// Forgets an SSRC that has ended for good. Of an outbound context, the SSRC must not be used
  /// again under this key: its key stream would begin anew.
  ///
  /// @return whether it was known
  public boolean forget(int ssrc) {
    return streams.remove(ssrc);
  }

  /// Protects an RTP packet in place.
  ///
  /// @param length of the packet; [#rtpOverhead] further bytes of the array are overwritten
  /// @return the new length
  /// @throws SrtpException when the packet is malformed, or the same sequence number was protected
  ///   before: that would reveal the difference of both payloads (RFC 3711 §9.1), and with GCM the
  ///   authentication key. A repeated packet goes under another SSRC (RFC 4588); see also
  ///   [SrtpOptions#repeatsPayloads]
  public int protectRtp(byte[] buffer, int offset, int length) throws SrtpException {
    requireDirection(true);
    requireRoom(buffer, offset, length, rtpOverhead());
    int header = Wire.rtpHeaderLength(buffer, offset, length);
    if (header == Wire.MALFORMED) {
      throw SrtpException.of(SrtpDropReason.MALFORMED);
    }
    int ssrc = Wire.i32(buffer, offset + 8);
    int sequence = Wire.u16(buffer, offset + 2);
    SrtpStream known = find(ssrc);
    long index = rtpIndex(known, sequence);
    int plain = length;
    int csrcLength = 0;
    if (options.cryptex() && Cryptex.appliesTo(buffer, offset)) {
      plain = Cryptex.mark(buffer, offset, length);
      header = Cryptex.CLEAR_LENGTH;
      csrcLength = Wire.csrcLength(buffer, offset);
    }
    // Noted first: even if the cipher should fail half-way, this index is never used again.
    orAdded(known, ssrc).rtp.add(index);
    return rtp.sealRtp(buffer, offset, plain, header, csrcLength, ssrc, index);
  }

  /// Checks and decrypts an SRTP packet in place.
  ///
  /// @return the length of the RTP packet
  /// @throws SrtpException when it must be dropped; the bytes may have been changed
  public int unprotectRtp(byte[] buffer, int offset, int length) throws SrtpException {
    requireDirection(false);
    Objects.checkFromIndexSize(offset, length, buffer.length);
    int header = Wire.rtpHeaderLength(buffer, offset, length - suite.rtpOverhead());
    if (header == Wire.MALFORMED) {
      throw SrtpException.of(SrtpDropReason.MALFORMED);
    }
    int ssrc = Wire.i32(buffer, offset + 8);
    int sequence = Wire.u16(buffer, offset + 2);
    SrtpStream known = find(ssrc);
    long index = rtpIndex(known, sequence);
    boolean cryptex = options.cryptex() && Cryptex.isUsedIn(buffer, offset);
    int csrcLength = cryptex ? Wire.csrcLength(buffer, offset) : 0;
    int clear = cryptex ? Cryptex.CLEAR_LENGTH : header;
    int plain = rtp.openRtp(buffer, offset, length, clear, csrcLength, ssrc, index);
    if (plain == PacketProtection.FORGED) {
      throw SrtpException.of(SrtpDropReason.AUTHENTICATION_FAILED);
    }
    orAdded(known, ssrc).rtp.add(index);
    if (cryptex) {
      Cryptex.unmark(buffer, offset);
    }
    return plain;
  }

  /// Protects a compound or reduced-size RTCP packet in place; the first SSRC in it says which
  /// stream's index is used (RFC 3711 §3.4).
  ///
  /// @param length of the packet; [#rtcpOverhead] further bytes of the array are overwritten
  /// @return the new length
  /// @throws SrtpException when the packet is malformed or 2^31 have been sent
  public int protectRtcp(byte[] buffer, int offset, int length) throws SrtpException {
    requireDirection(true);
    requireRoom(buffer, offset, length, rtcpOverhead());
    if (!Wire.isRtcp(buffer, offset, length)) {
      throw SrtpException.of(SrtpDropReason.MALFORMED);
    }
    int ssrc = Wire.i32(buffer, offset + 4);
    SrtpStream known = find(ssrc);
    // Deviates from RFC 3711 §3.4: the first index is 1 instead of 0, because all deployed senders
    // begin so.
    long index = known == null ? 1 : Math.max(known.rtcp.highest(), 0) + 1;
    if (index > MAX_RTCP_INDEX) {
      throw SrtpException.of(SrtpDropReason.KEY_EXHAUSTED);
    }
    orAdded(known, ssrc).rtcp.add(index);
    int word = (int) index | (options.encryptsRtcp() ? PacketProtection.ENCRYPTED : 0);
    return rtcp.sealRtcp(buffer, offset, length, ssrc, word);
  }

  /// Checks and decrypts an SRTCP packet in place.
  ///
  /// @return the length of the RTCP packet
  /// @throws SrtpException when it must be dropped; the bytes may have been changed
  public int unprotectRtcp(byte[] buffer, int offset, int length) throws SrtpException {
    requireDirection(false);
    Objects.checkFromIndexSize(offset, length, buffer.length);
    if (!Wire.isRtcp(buffer, offset, length - suite.rtcpOverhead())) {
      throw SrtpException.of(SrtpDropReason.MALFORMED);
    }
    int ssrc = Wire.i32(buffer, offset + 4);
    int word = Wire.i32(buffer, rtcp.rtcpWordAt(offset, length));
    long index = word & ~PacketProtection.ENCRYPTED;
    SrtpStream known = find(ssrc);
    if (known != null) {
      checkNew(known.rtcp, index, false);
    }
    int plain = rtcp.openRtcp(buffer, offset, length, ssrc, word);
    if (plain == PacketProtection.FORGED) {
      throw SrtpException.of(SrtpDropReason.AUTHENTICATION_FAILED);
    }
    orAdded(known, ssrc).rtcp.add(index);
    return plain;
  }

  /// The index of a packet, when it is new.
  private long rtpIndex(@Nullable SrtpStream known, int sequence) throws SrtpException {
    if (known == null) {
      return sequence;
    }
    long index = known.estimate(sequence);
    if (index < 0) {
      throw SrtpException.of(SrtpDropReason.TOO_OLD);
    }
    if (index > MAX_RTP_INDEX) {
      throw SrtpException.of(SrtpDropReason.KEY_EXHAUSTED);
    }
    checkNew(known.rtp, index, mayRepeat);
    return index;
  }

  private static void checkNew(ReplayWindow window, long index, boolean mayRepeat)
      throws SrtpException {
    if (window.isTooOld(index)) {
      throw SrtpException.of(SrtpDropReason.TOO_OLD);
    }
    if (!mayRepeat && window.contains(index)) {
      throw SrtpException.of(SrtpDropReason.REPLAYED);
    }
  }

  /// The stream, or null when there is room for it. It is added once a packet is authentic: forged
  /// ones must not fill the table.
  private @Nullable SrtpStream find(int ssrc) throws SrtpException {
    SrtpStream known = streams.find(ssrc);
    if (known == null && streams.isFull()) {
      throw SrtpException.of(SrtpDropReason.TOO_MANY_STREAMS);
    }
    return known;
  }

  private SrtpStream orAdded(@Nullable SrtpStream known, int ssrc) {
    if (known != null) {
      return known;
    }
    SrtpStream stream = new SrtpStream(ssrc, options.replayWindow());
    streams.add(stream);
    return stream;
  }

  private void requireDirection(boolean protecting) {
    if (protecting != outbound) {
      throw new IllegalStateException(
          outbound
              ? "an outbound context unprotects nothing"
              : "an inbound context protects nothing");
    }
  }

  private static void requireRoom(byte[] buffer, int offset, int length, int overhead) {
    Objects.checkFromIndexSize(offset, length, buffer.length);
    if (buffer.length - offset - length < overhead) {
      throw new IllegalArgumentException(
          (buffer.length - offset - length)
              + " bytes behind the packet, expected at least "
              + overhead);
    }
  }

  byte[] masterKey() {
    return masterKey;
  }

  byte[] masterSalt() {
    return masterSalt;
  }

  StreamTable table() {
    return streams;
  }

  /// Never shows key bytes.
  @Override
  public String toString() {
    return "SrtpContext["
        + suite
        + (outbound ? ", outbound, " : ", inbound, ")
        + streams.size()
        + " streams]";
  }
}
