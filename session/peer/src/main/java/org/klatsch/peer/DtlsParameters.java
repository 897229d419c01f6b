package org.klatsch.peer;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// One side's part in a DTLS association (RFC 8842 §5). A change of `fingerprints` or `tlsId` by
/// either side asks for a new association.
///
/// @param role this side's role; [DtlsRole#AUTO] until the answer settles it
/// @param fingerprints the certificates this side may present: the one presented must match one of
///   them
/// @param tlsId identifies the association, RFC 8842 §4; null where the peer sends none
public record DtlsParameters(
    DtlsRole role, List<DtlsFingerprint> fingerprints, @Nullable String tlsId) {
  public DtlsParameters {
    fingerprints = List.copyOf(fingerprints);
  }

  /// Whether a description with `later` lets the association that was made with these parameters go
  /// on, RFC 8842 §3.
  public boolean sameAssociation(DtlsParameters later) {
    return fingerprints.size() == later.fingerprints.size()
        && fingerprints.containsAll(later.fingerprints)
        && (tlsId == null || later.tlsId == null || tlsId.equals(later.tlsId));
  }
}
