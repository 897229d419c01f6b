package org.klatsch.sdp;

/// `b=`: bandwidth wanted, RFC 8866 §5.8.
///
/// @param type `AS` and `CT` count in kbit/s, `TIAS` (RFC 3890) in bit/s
/// @param value in the type's unit
public record Bandwidth(String type, long value) {
  public Bandwidth {
    Grammar.requireToken("bandwidth type", type);
    Grammar.requireRange("bandwidth", value, 0, Long.MAX_VALUE);
  }

  static Bandwidth read(Cursor in) throws MalformedSdpException {
    String type = in.wordUntil(':', "bandwidth type");
    if (!Grammar.isToken(type)) {
      throw in.error("bandwidth type is not a token");
    }
    Bandwidth bandwidth = new Bandwidth(type, in.number("bandwidth", 0, Long.MAX_VALUE));
    in.end();
    return bandwidth;
  }

  @Override
  public String toString() {
    return type + ":" + value;
  }
}
