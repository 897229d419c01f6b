package org.klatsch.peer;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;
import org.klatsch.dtls.DtlsConnection;
import org.klatsch.ice.CandidatePair;
import org.klatsch.ice.IceCheckExtension;
import org.klatsch.sansio.TransmitBuffer;
import org.klatsch.stun.StunAttributeType;
import org.klatsch.stun.StunClass;
import org.klatsch.stun.StunMessage;
import org.klatsch.stun.StunMessageWriter;

/// Carries the flights of a DTLS handshake in connectivity checks and their answers,
/// draft-hancke-webrtc-sped-00 and as libwebrtc does it: the handshake takes place while ICE still
/// looks for a pair.
///
/// Every datagram of a flight goes with a check of its own, on every pair that is tried, until the
/// peer acknowledges it by its CRC-32. Once there is a valid pair, the rest goes over it directly,
/// and the record layer's own timer sees to losses. Two ends find each other by the ICE option
/// `sped` in their descriptions.
final class DtlsInStun implements IceCheckExtension {
  /// The ICE option of libwebrtc; draft-hancke-webrtc-sped-00 has none yet.
  static final String ICE_OPTION = "sped";

  /// Bytes of a message at most, draft-hancke-webrtc-sped-00 §3.3.3: with headers it fits every
  /// path of IPv6.
  private static final int MAX_MESSAGE = 1200;

  /// Bytes of a datagram at most; the attributes of a check take about 130.
  private static final int MAX_DATAGRAM = 1020;

  /// Room that integrity and fingerprint of a STUN message take.
  private static final int MESSAGE_END = 32;

  private static final int ATTRIBUTE_HEADER = 4;

  /// How many acknowledgements are told, draft-hancke-webrtc-sped-00 §3.3.2.2.
  private static final int MAX_ACKNOWLEDGED = 4;

  /// Datagrams of the peer that are known again; flights have three.
  private static final int MAX_KNOWN = 16;

  /// Takes a datagram that a check has brought.
  interface Sink {
    void handleDatagram(long now, byte[] array, int offset, int length);
  }

  private enum State {
    /// Nothing is carried or taken.
    OFF,
    /// Peers that offer it are answered; nothing is known of this one yet.
    LISTENING,
    /// Offered to the peer, who has not answered.
    TENTATIVE,
    /// The peer takes part.
    CONFIRMED,
    /// Our side of the handshake is complete; the last flight may be missing at the peer.
    LINGERING
  }

  private static final class Datagram {
    final byte[] bytes;
    final int hash;

    /// The pairs whose checks have carried it, told apart by identity.
    final Set<CandidatePair> carriedBy = new HashSet<>(4);

    int times;

    Datagram(byte[] bytes) {
      this.bytes = bytes;
      this.hash = hash(bytes, 0, bytes.length);
    }
  }

  private final SessionCounters counters;
  private final Sink sink;
  private State state;
  private @Nullable DtlsConnection connection;

  /// The flight whose datagrams are pending, as the connection numbers it.
  private int flight;

  private final List<Datagram> pending = new ArrayList<>(4);

  /// Hashes of what has come, the newest last.
  private final Deque<Integer> known = new ArrayDeque<>(4);

  /// Whether something has come that no message of ours has acknowledged.
  private boolean owesAcknowledgement;

  DtlsInStun(ExtensionUse use, SessionCounters counters, Sink sink) {
    this.counters = counters;
    this.sink = sink;
    state =
        switch (use) {
          case OFF -> State.OFF;
          case ANSWER -> State.LISTENING;
          case OFFER -> State.TENTATIVE;
        };
  }

  private static int hash(byte[] array, int offset, int length) {
    CRC32 crc = new CRC32();
    crc.update(array, offset, length);
    return (int) crc.getValue();
  }

  /// What the peer's description says settles who takes part.
  void peerOptions(Set<String> options) {
    if (state == State.LISTENING || state == State.TENTATIVE) {
      if (options.contains(ICE_OPTION)) {
        state = State.TENTATIVE;
      } else {
        end();
      }
    }
  }

  void connection(DtlsConnection made) {
    connection = made;
  }

  /// Whether flights are carried.
  boolean isActive() {
    return state.ordinal() >= State.TENTATIVE.ordinal();
  }

  /// The handshake is complete at our end.
  void handshakeCompleted() {
    if (isActive()) {
      state = State.LINGERING;
    }
  }

  /// The peer's end is complete too, or nobody needs it any more.
  void end() {
    state = State.OFF;
    pending.clear();
    known.clear();
  }

  /// Data under the keys of the handshake has come: the peer has our last flight.
  void applicationDataReceived() {
    if (state == State.LINGERING) {
      end();
    }
  }

  /// A datagram came directly: it is acknowledged like the others.
  void received(byte[] array, int offset, int length) {
    if (state.ordinal() >= State.CONFIRMED.ordinal()) {
      note(hash(array, offset, length));
    }
  }

  /// @return whether it is new
  private boolean note(int hash) {
    if (known.contains(hash)) {
      return false;
    }
    if (known.size() == MAX_KNOWN) {
      known.removeFirst();
    }
    known.addLast(hash);
    owesAcknowledgement = true;
    return true;
  }

  /// Looks whether the connection has another flight by now.
  private void refresh() {
    DtlsConnection current = connection;
    int number = current == null ? 0 : current.pendingFlightNumber();
    if (current == null || number == flight) {
      return;
    }
    flight = number;
    pending.clear();
    if (number != 0) {
      for (byte[] each : current.pendingFlight(MAX_DATAGRAM)) {
        pending.add(new Datagram(each));
      }
    }
  }

  // ---- In checks.

  @Override
  public boolean wantsCheck(CandidatePair pair) {
    if (!isActive()) {
      return false;
    }
    refresh();
    for (Datagram each : pending) {
      if (!each.carriedBy.contains(pair)) {
        return true;
      }
    }
    return false;
  }

  @Override
  public void writeRequest(long now, @Nullable CandidatePair pair, StunMessageWriter request) {
    write(now, pair, request);
  }

  @Override
  public void writeResponse(long now, @Nullable CandidatePair pair, StunMessageWriter response) {
    write(now, pair, response);
  }

  private void write(long now, @Nullable CandidatePair pair, StunMessageWriter message) {
    if (!isActive()) {
      return;
    }
    refresh();
    int skipped = Math.max(0, known.size() - MAX_ACKNOWLEDGED);
    byte[] hashes = new byte[4 * (known.size() - skipped)];
    int at = 0;
    for (int hash : known) {
      if (skipped > 0) {
        skipped--;
      } else {
        hashes[at++] = (byte) (hash >>> 24);
        hashes[at++] = (byte) (hash >>> 16);
        hashes[at++] = (byte) (hash >>> 8);
        hashes[at++] = (byte) hash;
      }
    }
    if (message.remaining() < ATTRIBUTE_HEADER + at + MESSAGE_END) {
      return;
    }
    message.bytes(StunAttributeType.DTLS_IN_STUN_ACKNOWLEDGEMENT, hashes);
    owesAcknowledgement = false;
    if (!pending.isEmpty()) {
      carry(now, pair, message);
    }
  }

  private void carry(long now, @Nullable CandidatePair pair, StunMessageWriter message) {
    Datagram next = next(pair);
    if (pair != null) {
      // Whether or not it fits beside a long user name: the next check would be no shorter.
      next.carriedBy.add(pair);
    }
    int more = ATTRIBUTE_HEADER + next.bytes.length + 3 + MESSAGE_END;
    if (message.remaining() < more || message.length() + more > MAX_MESSAGE) {
      return;
    }
    message.bytes(StunAttributeType.DTLS_IN_STUN, next.bytes);
    counters.sentInCheck();
    next.times++;
    tellIfSent(now);
  }

  /// What a pair has not carried yet, else what has been sent least often.
  private Datagram next(@Nullable CandidatePair pair) {
    Datagram least = pending.getFirst();
    for (Datagram each : pending) {
      if (pair != null && !each.carriedBy.contains(pair)) {
        return each;
      }
      if (each.times < least.times) {
        least = each;
      }
    }
    return least;
  }

  /// Once all has been sent to a peer that takes part, the record layer's timer runs. Before, the
  /// flight may have to go to a peer that takes none.
  private void tellIfSent(long now) {
    DtlsConnection current = connection;
    if (current != null
        && state.ordinal() >= State.CONFIRMED.ordinal()
        && pending.stream().allMatch(each -> each.times > 0)) {
      current.pendingFlightSent(now);
    }
  }

  @Override
  public void handleAuthenticated(long now, @Nullable CandidatePair pair, StunMessage message) {
    if (!isActive()) {
      return;
    }
    int data = message.find(StunAttributeType.DTLS_IN_STUN);
    int hashes = message.find(StunAttributeType.DTLS_IN_STUN_ACKNOWLEDGEMENT);
    if (data < 0 && hashes < 0) {
      handleNothing(message);
      return;
    }
    if (state == State.TENTATIVE) {
      state = State.CONFIRMED;
      refresh();
      tellIfSent(now);
    }
    if (hashes >= 0) {
      handleAcknowledgement(message, hashes);
    }
    if (data >= 0) {
      handleData(now, message.array(), message.valueOffset(data), message.valueLength(data));
    }
    if (state == State.LINGERING && !owesAcknowledgement) {
      refresh();
      if (pending.isEmpty()) {
        end();
      }
    }
  }

  private void handleData(long now, byte[] array, int offset, int length) {
    if (PacketKind.of(array, offset, length) != PacketKind.DTLS) {
      return;
    }
    counters.receivedInCheck();
    if (note(hash(array, offset, length))) {
      sink.handleDatagram(now, array, offset, length);
    }
  }

  /// A peer that takes no part, or has finished.
  private void handleNothing(StunMessage message) {
    if (state == State.LINGERING
        || state == State.TENTATIVE && message.messageClass() == StunClass.SUCCESS_RESPONSE) {
      end();
    }
  }

  private void handleAcknowledgement(StunMessage message, int at) {
    int length = message.valueLength(at);
    if ((length & 3) != 0) {
      return;
    }
    byte[] array = message.array();
    int offset = message.valueOffset(at);
    for (int i = offset; i < offset + length; i += 4) {
      int hash =
          array[i] << 24
              | (array[i + 1] & 0xff) << 16
              | (array[i + 2] & 0xff) << 8
              | (array[i + 3] & 0xff);
      pending.removeIf(each -> each.hash == hash);
    }
  }

  // ---- Directly, over a valid pair.

  /// Writes the next datagram of a flight that no check has carried yet.
  boolean pollTransmit(long now, TransmitBuffer out) {
    if (state.ordinal() < State.CONFIRMED.ordinal()) {
      return false;
    }
    refresh();
    for (Datagram each : pending) {
      if (each.times == 0 && !out.isFull() && out.remaining() >= each.bytes.length) {
        System.arraycopy(each.bytes, 0, out.array(), out.position(), each.bytes.length);
        out.commit(each.bytes.length);
        each.times++;
        tellIfSent(now);
        return true;
      }
    }
    return false;
  }
}
