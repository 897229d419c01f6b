package org.klatsch.webrtc;

import org.jspecify.annotations.Nullable;

/// How a sender encodes audio, beyond what descriptions and [RTCRtpEncodingParameters] say. Codecs
/// without a setting ignore it. Start from [#DEFAULT].
///
/// @param complexity 0 (cheapest) to 10 (best). Default 5: beyond, an encoder in Java costs more
///   than is heard of it
/// @param dtx whether silence is left out; null, the default: as the peer asks, `usedtx` of RFC
///   7587 §6.1
/// @param inbandFec whether packets repeat the one before as far as the peer reports losses.
///   Default true; only with a peer that can use it, `useinbandfec` of RFC 7587 §6.1
/// @param bitrate in bits a second, below the limits of peer, path and `maxBitrate`. Default 32
///   kbit/s: RFC 7587 §3.1.1 has 28 to 40 for fullband speech
public record AudioEncodingOptions(
    int complexity, @Nullable Boolean dtx, boolean inbandFec, int bitrate) {
  public static final AudioEncodingOptions DEFAULT =
      new AudioEncodingOptions(5, null, true, 32_000);

  public AudioEncodingOptions {
    if (complexity < 0 || complexity > 10 || bitrate < 1) {
      throw new IllegalArgumentException(
          "complexity " + complexity + " and bitrate " + bitrate + ", expected 0 to 10 and 1 up");
    }
  }

  public AudioEncodingOptions withComplexity(int value) {
    return new AudioEncodingOptions(value, dtx, inbandFec, bitrate);
  }

  public AudioEncodingOptions withDtx(@Nullable Boolean value) {
    return new AudioEncodingOptions(complexity, value, inbandFec, bitrate);
  }

  public AudioEncodingOptions withInbandFec(boolean value) {
    return new AudioEncodingOptions(complexity, dtx, value, bitrate);
  }

  public AudioEncodingOptions withBitrate(int value) {
    return new AudioEncodingOptions(complexity, dtx, inbandFec, value);
  }
}
