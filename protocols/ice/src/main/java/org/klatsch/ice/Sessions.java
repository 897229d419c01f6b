package org.klatsch.ice;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.klatsch.sansio.TransportAddress;

/// The sessions that an agent has over a restart, RFC 8445 §9.
final class Sessions {
  /// The session whose pairs are checked.
  IceSession current;

  /// A session whose parameters are signalled and not answered yet, after a restart.
  @Nullable IceSession pending;

  /// The session of the selected pair, as long as the one after it has none.
  private @Nullable IceSession previous;

  Sessions(IceSession first) {
    this.current = first;
  }

  IceSession newest() {
    return pending != null ? pending : current;
  }

  @Nullable IceSession previous() {
    return previous;
  }

  /// Those with pairs.
  List<IceSession> active() {
    return previous == null ? List.of(current) : List.of(current, previous);
  }

  /// Makes `next` the session whose pairs are checked; the one of the selected pair stays.
  void replace(IceSession next, @Nullable CandidatePair selected) {
    if (selected == null || selected.session == current) {
      if (previous != null) {
        previous.checkList.clear();
      }
      previous = selected == null ? null : current;
    } else {
      current.checkList.clear();
    }
    if (previous == null) {
      current.checkList.clear();
    } else if (previous == current && selected != null) {
      current.checkList.conclude(selected, false);
      current.concluded = true;
    }
    current = next;
  }

  /// The session of the selected pair has been replaced by that of a newly selected one.
  void releasePrevious() {
    if (previous != null) {
      previous.checkList.clear();
      previous = null;
    }
  }

  /// The session whose local fragment a USERNAME begins with, or null.
  @Nullable IceSession addressedBy(byte[] array, int offset, int length) {
    if (current.isAddressedBy(array, offset, length)) {
      return current;
    }
    if (pending != null && pending.isAddressedBy(array, offset, length)) {
      return pending;
    }
    return previous != null && previous.isAddressedBy(array, offset, length) ? previous : null;
  }

  @Nullable CandidatePair findPair(TransportAddress local, TransportAddress remote) {
    for (IceSession session : active()) {
      CandidatePair pair = session.checkList.find(local, remote);
      if (pair != null) {
        return pair;
      }
    }
    return null;
  }

  /// Whether a check came from there before the peer's parameters.
  boolean hasEarlyCheck(TransportAddress local, TransportAddress remote) {
    return current.hasEarlyCheck(local, remote)
        || pending != null && pending.hasEarlyCheck(local, remote);
  }

  void clear() {
    for (IceSession session : active()) {
      session.checkList.clear();
    }
    pending = null;
    previous = null;
  }
}
