package org.klatsch.media;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.klatsch.rtp.HeaderExtensions;
import org.klatsch.rtp.RtpPacket;

/// Finds the section and stream that a packet belongs to, RFC 8843 §9.2: by MID, then by SSRC, then
/// by payload type. What one packet tells is remembered for its SSRC.
final class RtpRouter {
  /// A stream that was silent for so long makes room when the table is full.
  private static final long IDLE = 10_000_000_000L;

  private final int maxStreams;
  private final List<RtpReceiver> receivers;
  private final RtpTransportCounters counters;
  private final SsrcTable<ReceiveStream> streams = new SsrcTable<>();

  RtpRouter(int maxStreams, List<RtpReceiver> receivers, RtpTransportCounters counters) {
    this.maxStreams = maxStreams;
    this.receivers = receivers;
    this.counters = counters;
  }

  /// The stream of a packet; null when it is dropped.
  @Nullable ReceiveStream route(long now, RtpPacket packet, HeaderExtensions extensions) {
    ReceiveStream known = streams.get(packet.ssrc());
    String mid = extensions.mid();
    if (known != null && (mid == null || mid.equals(known.receiver.parameters().mid()))) {
      if (known.receiver.codec(packet.payloadType()) == null) {
        counters.drop(DropReason.UNKNOWN_PAYLOAD_TYPE);
        return null;
      }
      if (known.repairs == null && isRepair(known.receiver, packet)) {
        return pair(known, extensions) ? known : null;
      }
      return known;
    }
    return bind(now, packet, extensions, mid);
  }

  private @Nullable ReceiveStream bind(
      long now, RtpPacket packet, HeaderExtensions extensions, @Nullable String mid) {
    RtpReceiver receiver = mid != null ? byMid(mid) : byRid(extensions);
    if (mid != null && receiver == null) {
      counters.drop(DropReason.UNKNOWN_MID);
      return null;
    }
    if (receiver == null) {
      receiver = byPayloadType(packet.payloadType());
    }
    if (receiver == null) {
      counters.drop(DropReason.UNROUTED);
      return null;
    }
    if (receiver.codec(packet.payloadType()) == null) {
      counters.drop(DropReason.UNKNOWN_PAYLOAD_TYPE);
      return null;
    }
    ReceiveStream old = streams.get(packet.ssrc());
    if (old != null) {
      remove(old);
    }
    if (streams.size() >= maxStreams && !makeRoom(now)) {
      counters.drop(DropReason.TOO_MANY_STREAMS);
      return null;
    }
    ReceiveStream stream = new ReceiveStream(receiver, packet.ssrc(), extensions.rid(), false);
    if (isRepair(receiver, packet) && !pair(stream, extensions)) {
      return null;
    }
    add(stream);
    return stream;
  }

  /// Finds what a new stream of retransmissions repairs: by repaired-rid, else the only stream of
  /// its section that has no repair yet, RFC 4588 §5.3.
  private boolean pair(ReceiveStream stream, HeaderExtensions extensions) {
    String rid = extensions.repairedRid();
    ReceiveStream found = null;
    for (ReceiveStream each : stream.receiver.streams()) {
      if (each == stream || each.repairs != null) {
        continue;
      }
      if (rid != null ? rid.equals(each.rid) : each.repair == null) {
        if (found != null && rid == null) {
          found = null;
          break;
        }
        found = each;
      }
    }
    if (found == null) {
      counters.drop(DropReason.UNPAIRED_RETRANSMISSION);
      return false;
    }
    stream.repairs = found;
    found.repair = stream;
    return true;
  }

  private static boolean isRepair(RtpReceiver receiver, RtpPacket packet) {
    RtpCodec codec = receiver.codec(packet.payloadType());
    return codec != null && codec.is("rtx");
  }

  private @Nullable RtpReceiver byMid(String mid) {
    for (int i = 0; i < receivers.size(); i++) {
      if (receivers.get(i).parameters().mid().equals(mid)) {
        return receivers.get(i);
      }
    }
    return null;
  }

  /// The only receiver that announced an encoding of this name, if there is one.
  private @Nullable RtpReceiver byRid(HeaderExtensions extensions) {
    String rid = extensions.rid();
    if (rid == null) {
      rid = extensions.repairedRid();
    }
    if (rid == null) {
      return null;
    }
    RtpReceiver found = null;
    for (RtpReceiver receiver : receivers) {
      for (RtpEncoding encoding : receiver.parameters().encodings()) {
        if (rid.equals(encoding.rid())) {
          if (found != null && found != receiver) {
            return null;
          }
          found = receiver;
        }
      }
    }
    return found;
  }

  /// The only receiver that agreed on a payload type, if there is one.
  private @Nullable RtpReceiver byPayloadType(int payloadType) {
    RtpReceiver found = null;
    for (RtpReceiver receiver : receivers) {
      if (receiver.codec(payloadType) != null) {
        if (found != null) {
          return null;
        }
        found = receiver;
      }
    }
    return found;
  }

  /// Binds the SSRCs that a section announced.
  void announce(RtpReceiver receiver) {
    for (RtpEncoding encoding : receiver.parameters().encodings()) {
      if (encoding.ssrc() == 0) {
        continue;
      }
      ReceiveStream stream = announced(receiver, encoding.ssrc(), encoding);
      if (encoding.rtxSsrc() != 0) {
        ReceiveStream rtx = announced(receiver, encoding.rtxSsrc(), encoding);
        rtx.repairs = stream;
        stream.repair = rtx;
      }
    }
  }

  private ReceiveStream announced(RtpReceiver receiver, int ssrc, RtpEncoding encoding) {
    ReceiveStream known = streams.get(ssrc);
    if (known != null && known.receiver == receiver) {
      return known;
    }
    if (known != null) {
      remove(known);
    }
    ReceiveStream stream = new ReceiveStream(receiver, ssrc, encoding.rid(), true);
    add(stream);
    return stream;
  }

  private void add(ReceiveStream stream) {
    streams.put(stream.ssrc, stream);
    stream.receiver.streams().add(stream);
  }

  void remove(ReceiveStream stream) {
    streams.remove(stream.ssrc);
    stream.receiver.streams().remove(stream);
    ReceiveStream other = stream.repairs;
    if (other != null) {
      other.repair = null;
    }
    other = stream.repair;
    if (other != null) {
      remove(other);
    }
  }

  void remove(RtpReceiver receiver) {
    for (ReceiveStream stream : List.copyOf(receiver.streams())) {
      remove(stream);
    }
  }

  private boolean makeRoom(long now) {
    ReceiveStream oldest = null;
    for (RtpReceiver receiver : receivers) {
      for (ReceiveStream stream : receiver.streams()) {
        if (!stream.signalled && (oldest == null || stream.lastPacket() < oldest.lastPacket())) {
          oldest = stream;
        }
      }
    }
    if (oldest == null || now - oldest.lastPacket() < IDLE) {
      return false;
    }
    remove(oldest);
    return true;
  }

  @Nullable ReceiveStream get(int ssrc) {
    return streams.get(ssrc);
  }
}
