package org.klatsch.media;

import java.time.Duration;
import org.klatsch.media.audio.AudioJitterOptions;

/// Settings of an [RtpTransport]. Start from [#DEFAULT].
///
/// @param maxPacketSize most bytes of an RTP packet before protection. Default 1200: with SRTP's
///   tag, UDP, IPv6 and a TURN header it stays below every usual path MTU, and browsers send the
///   same
/// @param maxStreams SSRCs received from at most. Default 256: a large mesh or a forwarding unit
/// @param maxAudioQueue audio frames that wait for the socket at most; older ones are dropped.
///   Default 64: over a second of one stream
/// @param jitter settings of the playout of audio
/// @param reportInterval least time between regular reports, T_rr_interval of RFC 4585 §3.4.
///   Default 500 ms: fresh loss figures for the sender, at 0.5 kbit/s
/// @param minReportTime first report and unicast minimum of RFC 4585 §3.4. Default 1 s
/// @param streamTimeout after this without packets a stream no longer counts as a member, RFC 3550
///   §6.3.5. Default 25 s: five intervals of 5 s
/// @param maxTelephoneEvent longest tone taken as one. Default 6 s, as long as the W3C allows
public record RtpTransportOptions(
    int maxPacketSize,
    int maxStreams,
    int maxAudioQueue,
    AudioJitterOptions jitter,
    Duration reportInterval,
    Duration minReportTime,
    Duration streamTimeout,
    Duration maxTelephoneEvent) {
  public static final RtpTransportOptions DEFAULT =
      new RtpTransportOptions(
          1200,
          256,
          64,
          AudioJitterOptions.DEFAULT,
          Duration.ofMillis(500),
          Duration.ofSeconds(1),
          Duration.ofSeconds(25),
          Duration.ofSeconds(6));

  public RtpTransportOptions {
    if (maxPacketSize < 300 || maxPacketSize > 65_000) {
      throw new IllegalArgumentException(
          "maxPacketSize " + maxPacketSize + ", expected 300 to 65000");
    }
    if (maxStreams < 1 || maxAudioQueue < 1) {
      throw new IllegalArgumentException(
          "maxStreams "
              + maxStreams
              + " and maxAudioQueue "
              + maxAudioQueue
              + ", expected at least 1");
    }
  }
}
