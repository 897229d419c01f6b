package org.klatsch.rooms.transfer;

import org.klatsch.rooms.secret.GuessLimit;
import org.klatsch.rooms.secret.SecretProof;
import org.klatsch.rooms.secret.TransferCode;

/// What lets two ends talk to each other.
public sealed interface Access {
  /// Members of a room: whoever knows its link. Files are offered to a person, who decides.
  record Room() implements Access {}

  /// A code: nothing happens before both have proven its secret.
  ///
  /// @param guesses shared by all connections of this code
  /// @param ownFingerprint SHA-256 of the own DTLS certificate
  /// @param peerFingerprint SHA-256 of the DTLS certificate that the other end used
  record Code(
      SecretProof.Role role,
      TransferCode code,
      GuessLimit guesses,
      byte[] ownFingerprint,
      byte[] peerFingerprint)
      implements Access {}
}
