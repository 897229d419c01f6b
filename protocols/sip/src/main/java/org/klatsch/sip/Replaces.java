package org.klatsch.sip;

/// The dialog that a new one takes the place of, RFC 3891 §6.1, as seen by its receiver.
///
/// @param toTag the receiver's own tag
/// @param fromTag the tag of the receiver's peer
/// @param earlyOnly whether only a call that was not answered yet may be replaced
public record Replaces(
    String callId, String toTag, String fromTag, boolean earlyOnly, Parameters parameters) {
  public static Replaces of(String callId, String toTag, String fromTag) {
    return new Replaces(callId, toTag, fromTag, false, Parameters.NONE);
  }

  /// Parses a header, or what stands in a Refer-To's URI.
  public static Replaces parse(String text) throws MalformedSipException {
    return Scanner.whole(text, Replaces::parse);
  }

  static Replaces parse(Scanner in) throws MalformedSipException {
    String callId = in.until("; \t");
    Parameters parameters = in.parameters();
    String toTag = parameters.value("to-tag");
    String fromTag = parameters.value("from-tag");
    if (callId.isEmpty() || toTag == null || fromTag == null) {
      throw in.malformed("Replaces needs a Call-ID, a to-tag and a from-tag");
    }
    boolean earlyOnly = parameters.has("early-only");
    return new Replaces(
        callId,
        toTag,
        fromTag,
        earlyOnly,
        parameters.without("to-tag").without("from-tag").without("early-only"));
  }

  @Override
  public String toString() {
    StringBuilder out = new StringBuilder(callId);
    out.append(";to-tag=").append(toTag).append(";from-tag=").append(fromTag);
    if (earlyOnly) {
      out.append(";early-only");
    }
    parameters.appendTo(out);
    return out.toString();
  }
}
