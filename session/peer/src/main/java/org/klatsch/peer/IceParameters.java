package org.klatsch.peer;

import java.util.Objects;
import java.util.Set;

/// What one side of an ICE session tells the other besides candidates (RFC 8839 §5.4, §5.3, §5.6).
///
/// @param usernameFragment 4 to 256 ice-chars
/// @param password 22 to 256 ice-chars
/// @param lite whether this side only answers checks (RFC 8445 §2.5)
/// @param options ICE option tokens such as `trickle`, `ice2`, `renomination`
public record IceParameters(
    String usernameFragment, String password, boolean lite, Set<String> options) {
  public IceParameters {
    Objects.requireNonNull(usernameFragment, "usernameFragment");
    Objects.requireNonNull(password, "password");
    options = Set.copyOf(options);
  }

  /// Whether both belong to one ICE generation: a restart changes fragment and password, RFC 8839
  /// §4.4.1.1.1.
  public boolean sameGeneration(IceParameters other) {
    return usernameFragment.equals(other.usernameFragment) && password.equals(other.password);
  }

  /// Leaves the password out, so that a logged record gives nothing away.
  @Override
  public String toString() {
    return "IceParameters[usernameFragment="
        + usernameFragment
        + ", lite="
        + lite
        + ", options="
        + options
        + "]";
  }
}
