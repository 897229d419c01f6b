package org.klatsch.sip.auth;

import org.jspecify.annotations.Nullable;

/// What became of a request's credentials.
///
/// @param user whose credentials they are, known only when they are accepted
public record DigestVerdict(Outcome outcome, @Nullable String user) {
  /// What to do with the request.
  public enum Outcome {
    /// It comes from the user.
    ACCEPTED,

    /// It has no credentials for this realm: challenge it.
    MISSING,

    /// The password is right, the nonce is not: challenge it with `stale`.
    STALE,

    /// User or password are wrong, or the credentials are of another request: challenge again, and
    /// count it.
    WRONG
  }

  public boolean isAccepted() {
    return outcome == Outcome.ACCEPTED;
  }

  static DigestVerdict of(Outcome outcome) {
    return new DigestVerdict(outcome, null);
  }
}
