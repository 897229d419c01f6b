package org.klatsch.stun;

/// What a client authenticates with, RFC 8489 §9.
public sealed interface StunCredential {
  String username();

  String password();

  /// The short-term mechanism, RFC 8489 §9.1: the password alone is the key.
  record ShortTerm(String username, String password) implements StunCredential {
    /// Without the password, so that it never reaches a log.
    @Override
    public String toString() {
      return "ShortTerm[" + username + "]";
    }
  }

  /// The long-term mechanism, RFC 8489 §9.2: the server names a realm and a nonce.
  record LongTerm(String username, String password) implements StunCredential {
    /// Without the password, so that it never reaches a log.
    @Override
    public String toString() {
      return "LongTerm[" + username + "]";
    }
  }
}
