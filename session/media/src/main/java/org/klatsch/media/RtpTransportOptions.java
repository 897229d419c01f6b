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
/// @param maxVideoPackets packets of a video stream that wait for others at most, a power of two.
///   Default 2048: over two seconds at 10 Mbit/s
/// @param maxVideoFrame most bytes of a received frame. Default 2 MB: a key frame of 4K
/// @param maxVideoDelay most that playout of video waits. Default 1 s, as for audio
/// @param sendHistory packets of a sent stream kept to be repeated, a power of two. Default 512:
///   two seconds at 2.5 Mbit/s
/// @param maxPacerDelay how long video may wait for the pacer. Default 500 ms: more would be seen
///   as delay for seconds; whole frames are dropped then and a key frame follows
/// @param keyFrameInterval least time between key frames asked of an encoder. Default 300 ms:
///   several receivers ask at once, and every one costs ten frames
/// @param startBitrate assumed of the path, in bits a second. Default 600 kbit/s: fits a weak
///   mobile link for the second until the estimate is there
/// @param minBitrate never less. Default 30 kbit/s: a picture now and then
/// @param maxBitrate never more. Default 20 Mbit/s
public record RtpTransportOptions(
    int maxPacketSize,
    int maxStreams,
    int maxAudioQueue,
    AudioJitterOptions jitter,
    Duration reportInterval,
    Duration minReportTime,
    Duration streamTimeout,
    int maxVideoPackets,
    int maxVideoFrame,
    Duration maxVideoDelay,
    int sendHistory,
    Duration maxPacerDelay,
    Duration keyFrameInterval,
    long startBitrate,
    long minBitrate,
    long maxBitrate) {
  public static final RtpTransportOptions DEFAULT =
      new RtpTransportOptions(
          1200,
          256,
          64,
          AudioJitterOptions.DEFAULT,
          Duration.ofMillis(500),
          Duration.ofSeconds(1),
          Duration.ofSeconds(25),
          2048,
          2_000_000,
          Duration.ofSeconds(1),
          512,
          Duration.ofMillis(500),
          Duration.ofMillis(300),
          600_000,
          30_000,
          20_000_000);

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
    if (minBitrate < 1 || startBitrate < minBitrate || maxBitrate < startBitrate) {
      throw new IllegalArgumentException(
          "bitrates "
              + minBitrate
              + ", "
              + startBitrate
              + ", "
              + maxBitrate
              + ", expected 0 < min <= start <= max");
    }
  }

  public RtpTransportOptions withJitter(AudioJitterOptions value) {
    return new RtpTransportOptions(
        maxPacketSize,
        maxStreams,
        maxAudioQueue,
        value,
        reportInterval,
        minReportTime,
        streamTimeout,
        maxVideoPackets,
        maxVideoFrame,
        maxVideoDelay,
        sendHistory,
        maxPacerDelay,
        keyFrameInterval,
        startBitrate,
        minBitrate,
        maxBitrate);
  }

  public RtpTransportOptions withBitrates(long min, long start, long max) {
    return new RtpTransportOptions(
        maxPacketSize,
        maxStreams,
        maxAudioQueue,
        jitter,
        reportInterval,
        minReportTime,
        streamTimeout,
        maxVideoPackets,
        maxVideoFrame,
        maxVideoDelay,
        sendHistory,
        maxPacerDelay,
        keyFrameInterval,
        start,
        min,
        max);
  }
}
