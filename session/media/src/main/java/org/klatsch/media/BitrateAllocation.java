package org.klatsch.media;

import java.util.List;

/// Shares what may be sent between the encodings: audio first, then the encodings of video from the
/// lowest on, every section alike.
final class BitrateAllocation {
  /// What an encoding without a limit can use.
  private static final long USUAL_MAX = 2_500_000;

  /// The lower encodings of a simulcast without limits, as their pictures are smaller.
  private static final long[] USUAL_SIMULCAST = {200_000, 700_000};

  /// Set aside for a section of audio.
  private static final long AUDIO = 40_000;

  private BitrateAllocation() {}

  /// What all encodings together can use.
  static long wanted(List<RtpSender> senders) {
    long sum = 0;
    for (RtpSender sender : senders) {
      boolean video = sender.parameters().kind() == MediaKind.VIDEO;
      for (SendStream stream : sender.streams()) {
        if (stream.encoding().active()) {
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
  static void allocate(long bitsPerSecond, List<RtpSender> senders) {
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
        left -= allocate(Math.max(0, left / videos), sender);
        videos--;
      }
    }
  }

  private static long allocate(long share, RtpSender sender) {
    long left = share;
    for (SendStream stream : sender.streams()) {
      long given = stream.encoding().active() ? Math.min(left, max(sender, stream)) : 0;
      stream.targetBitrate = given;
      left -= given;
    }
    return share - left;
  }
}
