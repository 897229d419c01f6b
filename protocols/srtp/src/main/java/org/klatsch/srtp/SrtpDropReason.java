package org.klatsch.srtp;

/// Why a packet was refused.
public enum SrtpDropReason {
  /// Not an RTP or RTCP packet of version 2, or its lengths go beyond its end.
  MALFORMED,
  /// The tag does not fit: forged, damaged, or protected under another key.
  AUTHENTICATION_FAILED,
  /// A packet of this index was seen before (RFC 3711 §3.3.2). When protecting: it would take a key
  /// stream twice.
  REPLAYED,
  /// So far behind the newest packet that whether it is new cannot be told.
  TOO_OLD,
  /// No room for one more SSRC.
  TOO_MANY_STREAMS,
  /// The indices under this master key are used up (RFC 3711 §9.2): 2^48 packets, or 2^31 of RTCP.
  KEY_EXHAUSTED
}
