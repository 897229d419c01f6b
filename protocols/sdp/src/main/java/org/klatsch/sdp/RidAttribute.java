package org.klatsch.sdp;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// `a=rid`: restrictions of one RTP stream, RFC 8851 §10.
///
/// @param id the stream's RtpStreamId
/// @param send whether its author sends it; else receives
/// @param restrictions in the order written; `pt=` is one of them
public record RidAttribute(String id, boolean send, List<Restriction> restrictions)
    implements Attribute {

  /// A name and, mostly, a value.
  public record Restriction(String name, @Nullable String value) {
    public Restriction {
      Grammar.requireToken("rid restriction", name);
      if (value != null && (value.indexOf(';') >= 0 || !Grammar.isByteString(value))) {
        throw new IllegalArgumentException("rid restriction value '" + value + "'");
      }
    }
  }

  private static final int MAX = 64;

  public RidAttribute {
    Grammar.requireToken("rid", id);
    restrictions = List.copyOf(restrictions);
  }

  static RidAttribute read(Cursor in) throws MalformedSdpException {
    String id = in.token("rid");
    String direction = in.word("rid direction");
    if (!direction.equals("send") && !direction.equals("recv")) {
      throw in.error("rid direction is neither send nor recv");
    }
    List<Restriction> restrictions = new ArrayList<>();
    if (in.hasMore()) {
      for (String part : in.rest("rid restrictions").split(";", -1)) {
        int equals = part.indexOf('=');
        String name = equals < 0 ? part : part.substring(0, equals);
        if (!Grammar.isToken(name) || restrictions.size() == MAX) {
          throw in.error("rid restrictions are not name=value;…");
        }
        restrictions.add(new Restriction(name, equals < 0 ? null : part.substring(equals + 1)));
      }
    }
    return new RidAttribute(id, direction.equals("send"), restrictions);
  }

  @Override
  public String attributeName() {
    return "rid";
  }

  @Override
  public String attributeValue() {
    StringBuilder out = new StringBuilder(id).append(send ? " send" : " recv");
    char separator = ' ';
    for (Restriction restriction : restrictions) {
      out.append(separator).append(restriction.name);
      if (restriction.value != null) {
        out.append('=').append(restriction.value);
      }
      separator = ';';
    }
    return out.toString();
  }
}
