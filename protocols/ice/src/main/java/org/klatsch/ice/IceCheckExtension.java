package org.klatsch.ice;

import org.jspecify.annotations.Nullable;
import org.klatsch.stun.StunMessage;
import org.klatsch.stun.StunMessageWriter;

/// A hook to carry further, comprehension-optional attributes in connectivity checks and their
/// responses, such as DTLS flights. Called on the agent's thread; the pair is null where a check
/// belongs to none yet.
public interface IceCheckExtension {
  /// Does nothing.
  IceCheckExtension NONE =
      new IceCheckExtension() {
        @Override
        public void writeRequest(
            long now, @Nullable CandidatePair pair, StunMessageWriter request) {}

        @Override
        public void writeResponse(
            long now, @Nullable CandidatePair pair, StunMessageWriter response) {}

        @Override
        public void handleAuthenticated(
            long now, @Nullable CandidatePair pair, StunMessage message) {}
      };

  /// Adds attributes to a request before its integrity. Leave room for 32 further bytes.
  void writeRequest(long now, @Nullable CandidatePair pair, StunMessageWriter request);

  /// Adds attributes to a success response before its integrity.
  void writeResponse(long now, @Nullable CandidatePair pair, StunMessageWriter response);

  /// Whether another check of a pair that waits for its first answer is wanted now, for what it
  /// would carry; it is paced as all are.
  default boolean wantsCheck(CandidatePair pair) {
    return false;
  }

  /// Sees every request and success response whose integrity is right.
  void handleAuthenticated(long now, @Nullable CandidatePair pair, StunMessage message);
}
