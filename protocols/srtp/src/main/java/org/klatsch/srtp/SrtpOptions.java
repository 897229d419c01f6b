package org.klatsch.srtp;

/// Settings of an [SrtpContext].
///
/// @param maxStreams most SSRCs at a time. Default 1,024: more than the layers, repairs and
///   retransmissions of any call, for at most half a megabyte. SSRCs count once a packet of theirs
///   was authentic, so only the peer itself can fill the table
/// @param replayWindow how many packets behind the newest one may still come, at least 64 (RFC 3711
///   §3.3.2); rounded up. Default 960: half a second of a video of 20 Mbit/s that waits for
///   retransmissions under its own SSRC
/// @param cryptex whether header extensions and CSRCs are encrypted when protecting, and may be
///   when unprotecting (RFC 9335 §4 negotiates it). Default no
/// @param encryptsRtcp whether SRTCP is encrypted and not only authenticated when protecting (the E
///   flag, RFC 3711 §3.4). Default yes, as RFC 8827 §6.5 wants. When unprotecting the flag decides
/// @param repeatsPayloads whether the layer above may protect a sequence number again and promises
///   that the payload is that of the first time: retransmission without a format of its own. It is
///   allowed where it reveals nothing, with HMAC-SHA1 and without Cryptex: the same key stream
///   meets the same payload, and header extensions are not encrypted. With GCM a changed header
///   under the same nonce would give away the authentication key, so it is refused. Default no
public record SrtpOptions(
    int maxStreams,
    int replayWindow,
    boolean cryptex,
    boolean encryptsRtcp,
    boolean repeatsPayloads) {
  public static final SrtpOptions DEFAULT = new SrtpOptions(1_024, 960, false, true, false);

  public SrtpOptions {
    if (maxStreams < 1) {
      throw new IllegalArgumentException("maxStreams " + maxStreams + ", expected at least 1");
    }
    if (replayWindow < 64 || replayWindow > 32_768) {
      throw new IllegalArgumentException("replayWindow " + replayWindow + ", expected 64 to 32768");
    }
  }

  public SrtpOptions withMaxStreams(int value) {
    return new SrtpOptions(value, replayWindow, cryptex, encryptsRtcp, repeatsPayloads);
  }

  public SrtpOptions withReplayWindow(int value) {
    return new SrtpOptions(maxStreams, value, cryptex, encryptsRtcp, repeatsPayloads);
  }

  public SrtpOptions withCryptex(boolean value) {
    return new SrtpOptions(maxStreams, replayWindow, value, encryptsRtcp, repeatsPayloads);
  }

  public SrtpOptions withEncryptsRtcp(boolean value) {
    return new SrtpOptions(maxStreams, replayWindow, cryptex, value, repeatsPayloads);
  }

  public SrtpOptions withRepeatsPayloads(boolean value) {
    return new SrtpOptions(maxStreams, replayWindow, cryptex, encryptsRtcp, value);
  }
}
