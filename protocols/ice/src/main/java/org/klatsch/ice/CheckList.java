package org.klatsch.ice;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.klatsch.ice.CandidatePair.State;
import org.klatsch.sansio.ProtocolCore;
import org.klatsch.sansio.TransportAddress;
import org.klatsch.stun.StunTransaction;

/// The pairs of one ICE session and the order in which they are checked, RFC 8445 §6.1.2 and
/// §6.1.4.
final class CheckList {
  /// Transmissions after which a silent check no longer holds back the pairs of its foundation.
  private static final int TRANSMISSIONS_BEFORE_THAW = 2;

  /// Highest priority first, RFC 8445 §6.1.2.3.
  private final List<CandidatePair> pairs = new ArrayList<>();

  private final Deque<CandidatePair> triggered = new ArrayDeque<>();

  /// Pairs with a transaction under way.
  private final List<CandidatePair> inFlight = new ArrayList<>();

  private final int maxPairs;

  CheckList(int maxPairs) {
    this.maxPairs = maxPairs;
  }

  List<CandidatePair> pairs() {
    return pairs;
  }

  List<CandidatePair> inFlight() {
    return inFlight;
  }

  @Nullable CandidatePair find(TransportAddress base, TransportAddress remote) {
    for (CandidatePair pair : pairs) {
      if (pair.connects(base, remote)) {
        return pair;
      }
    }
    return null;
  }

  /// Adds a pair in the state that RFC 8838 §12 gives it. When the list is full, the pair of the
  /// lowest priority that has not begun makes room.
  ///
  /// @return whether no pair was dropped
  boolean add(CandidatePair pair) {
    pair.state = State.WAITING;
    for (CandidatePair other : pairs) {
      if (other.hasSameFoundation(pair)
          && (other.state == State.WAITING || other.state == State.IN_PROGRESS)) {
        pair.state = State.FROZEN;
      }
    }
    for (CandidatePair other : pairs) {
      if (other.hasSameFoundation(pair) && other.state == State.SUCCEEDED) {
        pair.state = State.WAITING;
      }
    }
    pairs.add(pair);
    sort();
    if (pairs.size() <= maxPairs) {
      return true;
    }
    for (int i = pairs.size() - 1; i >= 0; i--) {
      CandidatePair last = pairs.get(i);
      if (!last.valid && last.transaction == null && !last.inTriggeredQueue) {
        pairs.remove(i);
        return false;
      }
    }
    pairs.remove(pair);
    return false;
  }

  void sort() {
    pairs.sort(Comparator.comparingLong((CandidatePair pair) -> pair.priority).reversed());
  }

  void updatePriorities(IceRole role) {
    for (CandidatePair pair : pairs) {
      pair.updatePriority(role);
    }
    sort();
  }

  void remove(CandidatePair pair) {
    pairs.remove(pair);
    triggered.remove(pair);
    finishTransaction(pair);
  }

  /// Queues a triggered check, RFC 8445 §6.1.4.1.
  void trigger(CandidatePair pair) {
    if (!pair.inTriggeredQueue) {
      pair.inTriggeredQueue = true;
      triggered.addLast(pair);
    }
    if (pair.state == State.FROZEN || pair.state == State.FAILED) {
      pair.state = State.WAITING;
    }
  }

  /// Puts a check before all others: a nomination.
  void triggerFirst(CandidatePair pair) {
    triggered.remove(pair);
    pair.inTriggeredQueue = true;
    triggered.addFirst(pair);
  }

  /// The next pair to check, removed from the triggered queue, RFC 8445 §6.1.4.2; null when there
  /// is none.
  ///
  /// @param ordinary whether ordinary checks are wanted too
  @Nullable CandidatePair pollNext(boolean ordinary) {
    CandidatePair next = triggered.pollFirst();
    if (next != null) {
      next.inTriggeredQueue = false;
      return next;
    }
    return ordinary ? nextOrdinary() : null;
  }

  /// Whether [#pollNext] would give a pair.
  boolean hasNext(boolean ordinary) {
    return !triggered.isEmpty() || ordinary && nextOrdinary() != null;
  }

  /// Whether the next check is a nomination, which is not paced.
  boolean isNominationNext() {
    CandidatePair next = triggered.peekFirst();
    return next != null && next.nominating && next.valid;
  }

  private @Nullable CandidatePair nextOrdinary() {
    for (CandidatePair pair : pairs) {
      if (pair.state == State.WAITING) {
        return pair;
      }
    }
    for (CandidatePair pair : pairs) {
      if (pair.state == State.FROZEN && !isHeldBack(pair)) {
        return pair;
      }
    }
    return null;
  }

  // Deviates from RFC 8445 §6.1.4.2: a frozen pair waits for two transmissions of the check of its
  // foundation, not for its failure after half a minute.
  private boolean isHeldBack(CandidatePair pair) {
    for (CandidatePair other : inFlight) {
      StunTransaction transaction = other.transaction;
      if (transaction != null
          && other.local.tcpType == null
          && transaction.transmissions() < TRANSMISSIONS_BEFORE_THAW
          && other.hasSameFoundation(pair)) {
        return true;
      }
    }
    return false;
  }

  /// A success lets the frozen pairs of the same foundation go, RFC 8445 §7.2.5.3.3.
  void unfreeze(CandidatePair succeeded) {
    for (CandidatePair pair : pairs) {
      if (pair.state == State.FROZEN && pair.hasSameFoundation(succeeded)) {
        pair.state = State.WAITING;
      }
    }
  }

  void startTransaction(CandidatePair pair, StunTransaction transaction) {
    StunTransaction previous = pair.transaction;
    if (previous != null) {
      pair.superseded = previous.id();
    } else {
      inFlight.add(pair);
    }
    pair.transaction = transaction;
    pair.state = State.IN_PROGRESS;
  }

  void finishTransaction(CandidatePair pair) {
    if (pair.transaction != null) {
      pair.transaction = null;
      inFlight.remove(pair);
    }
    pair.superseded = null;
  }

  /// Forgets all checks that have not begun and stops those under way, except for `kept`: what
  /// happens to the rest of a list once a pair is nominated, RFC 8445 §8.1.2.
  ///
  /// @param renominates whether a better pair may still take over: checks of such pairs that are
  ///   under way go on
  void conclude(CandidatePair kept, boolean renominates) {
    for (CandidatePair pair : List.copyOf(inFlight)) {
      boolean better = renominates && pair.priority > kept.priority;
      if (pair != kept && !pair.nominating && !better) {
        finishTransaction(pair);
        pair.state = pair.valid ? State.SUCCEEDED : State.FROZEN;
      }
    }
    for (CandidatePair pair : triggered) {
      pair.inTriggeredQueue = false;
      if (pair.state == State.WAITING) {
        pair.state = State.FROZEN;
      }
    }
    triggered.clear();
    for (CandidatePair pair : pairs) {
      if (pair.state == State.WAITING) {
        pair.state = State.FROZEN;
      }
    }
  }

  void clear() {
    for (CandidatePair pair : List.copyOf(pairs)) {
      finishTransaction(pair);
      pair.inTriggeredQueue = false;
    }
    pairs.clear();
    triggered.clear();
  }

  /// The valid pair of the highest priority, or null.
  @Nullable CandidatePair bestValid() {
    for (CandidatePair pair : pairs) {
      if (pair.valid) {
        return pair;
      }
    }
    return null;
  }

  /// Whether a pair of a higher priority may still succeed.
  boolean mayImproveOn(CandidatePair best) {
    for (CandidatePair pair : pairs) {
      if (pair.priority <= best.priority) {
        return false;
      }
      if (!pair.valid && pair.state != State.FAILED) {
        return true;
      }
    }
    return false;
  }

  /// Whether any check is under way or still to come.
  boolean isActive() {
    for (CandidatePair pair : pairs) {
      if (pair.state != State.FAILED && pair.state != State.SUCCEEDED) {
        return true;
      }
    }
    return !triggered.isEmpty();
  }

  /// How many pairs wait for a check or its answer, RFC 8445 §14.3.
  int pending() {
    int pending = 0;
    for (CandidatePair pair : pairs) {
      if (pair.state == State.WAITING || pair.state == State.IN_PROGRESS) {
        pending++;
      }
    }
    return pending;
  }

  /// When the next check under way is to be sent again or given up.
  long nextTransactionDeadline() {
    long next = ProtocolCore.NEVER;
    for (CandidatePair pair : inFlight) {
      StunTransaction transaction = pair.transaction;
      if (transaction != null) {
        next = Math.min(next, transaction.deadline());
      }
    }
    return next;
  }
}
