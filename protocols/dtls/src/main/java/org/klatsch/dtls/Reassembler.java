package org.klatsch.dtls;

import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/// Puts handshake messages together from fragments that come in any order, overlap and repeat, and
/// hands them out in the order of their sequence numbers: RFC 6347 §4.2.2 and §4.2.3. Bounded in
/// the number of messages ahead, in the length of one and in the bytes of all.
final class Reassembler {
  /// What became of a fragment.
  enum Outcome {
    KEPT,
    /// A part of a message handed out before.
    REPEATED,
    MALFORMED,
    TOO_FAR_AHEAD,
    FULL
  }

  /// Messages ahead that are kept. No flight has more than seven.
  private static final int WINDOW = 8;

  private final int maxMessage;
  private final int maxBytes;
  private final @Nullable Partial[] window = new Partial[WINDOW];
  private int nextSequence;
  private int bytes;

  Reassembler(int maxMessage, int maxBytes) {
    this.maxMessage = maxMessage;
    this.maxBytes = maxBytes;
  }

  private static final class Partial {
    final int type;
    final int epoch;
    final byte[] body;
    final BitSet received = new BitSet();
    boolean complete;

    Partial(int type, int epoch, int length) {
      this.type = type;
      this.epoch = epoch;
      this.body = new byte[length];
    }
  }

  /// Takes a fragment whose content is borrowed.
  Outcome add(int epoch, HandshakeHeader header, byte[] array, int offset) {
    if (header.fragmentOffset() + header.fragmentLength() > header.length()) {
      return Outcome.MALFORMED;
    }
    Outcome outcome = judge(header);
    if (outcome != Outcome.KEPT) {
      return outcome;
    }
    int slot = header.messageSequence() % WINDOW;
    Partial partial = window[slot];
    if (partial == null) {
      if (header.length() > maxMessage || header.length() > maxBytes - bytes) {
        return Outcome.FULL;
      }
      partial = new Partial(header.type(), epoch, header.length());
      window[slot] = partial;
      bytes += header.length();
    }
    if (partial.type != header.type()
        || partial.epoch != epoch
        || partial.body.length != header.length()) {
      return Outcome.MALFORMED;
    }
    if (!partial.complete) {
      int start = header.fragmentOffset();
      int end = start + header.fragmentLength();
      System.arraycopy(array, offset, partial.body, start, end - start);
      partial.received.set(start, end);
      partial.complete = partial.received.nextClearBit(0) >= partial.body.length;
    }
    return Outcome.KEPT;
  }

  /// What its sequence number alone says about a fragment.
  Outcome judge(HandshakeHeader header) {
    int ahead = header.messageSequence() - nextSequence;
    if (ahead < 0) {
      return Outcome.REPEATED;
    }
    return ahead < WINDOW ? Outcome.KEPT : Outcome.TOO_FAR_AHEAD;
  }

  /// The next message if it is complete.
  @Nullable HandshakeMessage poll() {
    int slot = nextSequence % WINDOW;
    Partial partial = window[slot];
    if (partial == null || !partial.complete) {
      return null;
    }
    window[slot] = null;
    bytes -= partial.body.length;
    return new HandshakeMessage(partial.type, nextSequence++, partial.epoch, partial.body);
  }

  /// Whether no message was handed out or kept yet.
  boolean isUntouched() {
    return nextSequence == 0 && bytes == 0;
  }

  /// The sequence number that [#poll] waits for.
  int nextSequence() {
    return nextSequence;
  }

  /// Goes on with the message of this number, as a server does that kept no state of the first
  /// ClientHello.
  void expect(int sequence) {
    nextSequence = sequence;
    for (int i = 0; i < WINDOW; i++) {
      window[i] = null;
    }
    bytes = 0;
  }
}
