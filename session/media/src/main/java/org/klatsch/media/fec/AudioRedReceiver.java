package org.klatsch.media.fec;

import java.util.List;
import org.klatsch.rtp.MalformedRtpException;
import org.klatsch.rtp.payload.RedBlock;
import org.klatsch.rtp.payload.RedPayload;

/// Takes RED payloads of audio apart, RFC 2198, and passes each frame on once: repetitions of
/// frames that arrived are left out. Not thread-safe.
public final class AudioRedReceiver {
  /// Frames remembered: more than a packet can repeat, at any usual frame length.
  private static final int REMEMBERED = 64;

  /// Takes frames out of a payload; the array is borrowed.
  public interface Sink {
    /// @param redundant whether the frame is a repetition, whose own packet was lost or comes later
    void frame(
        int payloadType, int timestamp, byte[] array, int offset, int length, boolean redundant);
  }

  private final int[] timestamps = new int[REMEMBERED];
  private int count;
  private int next;
  private long framesRecovered;

  /// A receiver that has seen nothing.
  public AudioRedReceiver() {}

  /// Takes a payload with its packet's timestamp and passes its new frames on, the oldest first.
  public void handle(byte[] payload, int offset, int length, int timestamp, Sink sink)
      throws MalformedRtpException {
    List<RedBlock> blocks = RedPayload.parse(payload, offset, length);
    for (int i = 0; i < blocks.size(); i++) {
      RedBlock block = blocks.get(i);
      int at = timestamp - block.timestampOffset();
      boolean redundant = i < blocks.size() - 1;
      if (block.length() == 0 || !remember(at)) {
        continue;
      }
      if (redundant) {
        framesRecovered++;
      }
      sink.frame(block.payloadType(), at, payload, block.offset(), block.length(), redundant);
    }
  }

  /// Frames passed on that came as repetitions only, so far.
  public long framesRecovered() {
    return framesRecovered;
  }

  /// Whether the timestamp is new.
  private boolean remember(int timestamp) {
    for (int i = 0; i < count; i++) {
      if (timestamps[i] == timestamp) {
        return false;
      }
    }
    timestamps[next] = timestamp;
    next = (next + 1) % REMEMBERED;
    count = Math.min(count + 1, REMEMBERED);
    return true;
  }
}
