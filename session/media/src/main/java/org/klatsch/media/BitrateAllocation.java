package org.klatsch.media;

import java.util.List;

/// Shares what may be sent between the encodings: audio first, then the encodings of video from the
/// lowest on, every section alike. What repair packets take is not the encoder's.
final class BitrateAllocation {
  /// What an encoding without a limit can use.
  private static final long USUAL_MAX = 2_500_000;

  /// The lower encodings of a simulcast without limits, as their pictures are smaller.
  private static final long[] USUAL_SIMULCAST = {200_000, 700_000};

  /// An encoding above the lowest is not worth sending below this part of its maximum: the one
  /// below it looks as good.
  private static final long LEAST_PART = 4;

  /// What an encoding that is off must find beyond that, so that it does not come and go.
  private static final double RETURN = 1.2;

  /// Set aside for a section of audio.
  private static final long AUDIO = 40_000;

  private BitrateAllocation() {}

  /// What all encodings together can use.
  static long wanted(List<RtpSender> senders) {
    long sum = 0;
    for (RtpSender sender : senders) {
      boolean video = sender.parameters().kind() == MediaKind.VIDEO;
      for (SendStream stream : sender.streams()) {
        ForwardedStream forwarded = stream.forwarded;
        if (forwarded != null) {
          sum += stream.encoding().active() ? forwarded.wanted() : 0;
        } else if (stream.encoding().active()) {
          sum += video ? max(sender, stream) : AUDIO;
        }
      }
    }
    return sum;
  }

  private static long max(RtpSender sender, SendStream stream) {
    if (stream.encoding().maxBitrate() > 0) {
      return stream.encoding().maxBitrate();
    }
    boolean lower = stream.index < sender.streams().size() - 1;
    return lower && stream.index < USUAL_SIMULCAST.length
        ? USUAL_SIMULCAST[stream.index]
        : USUAL_MAX;
  }

  /// Writes the share of each encoding into its stream.
  static void allocate(long bitsPerSecond, List<RtpSender> senders, long roundTrip) {
    long left = bitsPerSecond;
    int videos = 0;
    for (RtpSender sender : senders) {
      if (sender.parameters().kind() == MediaKind.AUDIO) {
        for (SendStream stream : sender.streams()) {
          long max = stream.encoding().maxBitrate();
          stream.targetBitrate = max > 0 ? Math.min(max, bitsPerSecond) : bitsPerSecond;
          left -= stream.encoding().active() ? AUDIO : 0;
        }
      } else {
        videos++;
      }
    }
    for (RtpSender sender : senders) {
      if (sender.parameters().kind() == MediaKind.VIDEO) {
        left -= allocate(Math.max(0, left / videos), sender, roundTrip);
        videos--;
      }
    }
  }

  private static long allocate(long share, RtpSender sender, long roundTrip) {
    long left = share;
    boolean lowest = true;
    for (SendStream stream : sender.streams()) {
      long given = 0;
      if (stream.encoding().active()) {
        given = Math.min(left, max(sender, stream));
        if (!lowest && given < least(sender, stream)) {
          given = 0;
        }
        lowest = false;
      }
      PacedStream paced = stream.paced;
      double overhead = paced == null ? 0 : paced.protectionOverhead(roundTrip);
      stream.targetBitrate = (long) (given / (1 + overhead));
      left -= given;
    }
    return share - left;
  }

  private static double least(RtpSender sender, SendStream stream) {
    double least = (double) max(sender, stream) / LEAST_PART;
    return stream.targetBitrate > 0 ? least : RETURN * least;
  }
}
