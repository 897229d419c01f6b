package org.klatsch.sdp;

/// `a=tls-id`: identifies a DTLS association, RFC 8842 §4.
public record TlsIdAttribute(String id) implements Attribute {
  public TlsIdAttribute {
    Grammar.requireWord("tls-id", id);
  }

  static TlsIdAttribute read(Cursor in) throws MalformedSdpException {
    TlsIdAttribute read = new TlsIdAttribute(in.word("tls-id"));
    in.end();
    return read;
  }

  @Override
  public String attributeName() {
    return "tls-id";
  }

  @Override
  public String attributeValue() {
    return id;
  }
}
