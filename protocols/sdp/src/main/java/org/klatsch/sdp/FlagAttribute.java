package org.klatsch.sdp;

import org.jspecify.annotations.Nullable;

/// Attributes without a value: they say something by being there.
public enum FlagAttribute implements Attribute {
  /// This m-section is accepted only inside the BUNDLE group, RFC 9143 §6.
  BUNDLE_ONLY("bundle-only"),
  /// No more candidates will follow, RFC 8840 §4.4.
  END_OF_CANDIDATES("end-of-candidates"),
  /// One- and two-byte header extensions may alternate, RFC 8285 §6.
  EXTMAP_ALLOW_MIXED("extmap-allow-mixed"),
  /// Its sender only answers checks, RFC 8839 §5.3.
  ICE_LITE("ice-lite"),
  /// A middlebox has changed the default address, RFC 8839 §5.3.
  ICE_MISMATCH("ice-mismatch"),
  /// RTP and RTCP share a port, RFC 5761 §5.1.1.
  RTCP_MUX("rtcp-mux"),
  /// … and nothing else is accepted, RFC 8858 §3.
  RTCP_MUX_ONLY("rtcp-mux-only"),
  /// RTCP packets may be of reduced size, RFC 5506 §5.
  RTCP_RSIZE("rtcp-rsize");

  private final String attributeName;

  FlagAttribute(String attributeName) {
    this.attributeName = attributeName;
  }

  /// The flag of a name, or null.
  static @Nullable FlagAttribute of(String attributeName) {
    for (FlagAttribute flag : values()) {
      if (flag.attributeName.equals(attributeName)) {
        return flag;
      }
    }
    return null;
  }

  @Override
  public String attributeName() {
    return attributeName;
  }

  @Override
  public @Nullable String attributeValue() {
    return null;
  }
}
