package org.klatsch.sdp;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// `a=candidate`: a transport address where its sender may be reached, RFC 8839 §5.1. Only the
/// grammar is kept here; what an address or a type means is ICE's business, so unknown transports
/// and types pass.
///
/// @param foundation equal for candidates of the same origin
/// @param component 1 for RTP and everything else, 2 for RTCP without multiplexing
/// @param transport `udp` or `tcp`, in the peer's spelling
/// @param priority 0 to 2^32-1; the grammar starts at 1, some peers send 0
/// @param address IP address or name
/// @param port 0 to 65535
/// @param type `host`, `srflx`, `prflx`, `relay` or another token, in lower case
/// @param relatedAddress `raddr`, or null
/// @param relatedPort `rport`, or -1
/// @param extensions what follows, such as `tcptype`, `generation`, `ufrag`
public record CandidateAttribute(
    String foundation,
    int component,
    String transport,
    long priority,
    String address,
    int port,
    String type,
    @Nullable String relatedAddress,
    int relatedPort,
    List<Extension> extensions)
    implements Attribute {

  /// A name and value behind the fixed fields, RFC 8839 §5.1 `cand-extension`.
  public record Extension(String name, String value) {
    public Extension {
      Grammar.requireWord("candidate extension", name);
      Grammar.requireWord("candidate extension value", value);
    }
  }

  private static final String PREFIX = "candidate:";
  private static final int MAX_FOUNDATION = 32;
  private static final int MAX_COMPONENT = 256;
  private static final long MAX_PRIORITY = 0xFFFF_FFFFL;

  /// A DNS name has 253 characters; an address with a zone has less.
  private static final int MAX_ADDRESS = 255;

  private static final int MAX_EXTENSIONS = 32;

  public CandidateAttribute {
    Grammar.requireWord("foundation", foundation);
    Grammar.requireRange("foundation's length", foundation.length(), 1, MAX_FOUNDATION);
    Grammar.requireRange("component", component, 1, MAX_COMPONENT);
    Grammar.requireWord("transport", transport);
    Grammar.requireRange("priority", priority, 0, MAX_PRIORITY);
    Grammar.requireWord("candidate address", address);
    Grammar.requireRange("address's length", address.length(), 1, MAX_ADDRESS);
    Grammar.requireRange("candidate port", port, 0, 65_535);
    type = type.toLowerCase(Locale.ROOT);
    Grammar.requireWord("candidate type", type);
    if (relatedAddress != null) {
      Grammar.requireWord("related address", relatedAddress);
    }
    Grammar.requireRange("related port", relatedPort, -1, 65_535);
    extensions = List.copyOf(extensions);
  }

  /// Reads the text that travels beside descriptions: `candidate:…`, also with `a=` before it.
  public static CandidateAttribute parse(String text) throws MalformedSdpException {
    int start = text.startsWith("a=") ? 2 : 0;
    Cursor in = new Cursor(1, text, start + PREFIX.length());
    if (!text.startsWith(PREFIX, start)) {
      throw in.error("expected 'candidate:'");
    }
    if (!Grammar.isByteString(text)) {
      throw in.error("control character in a candidate");
    }
    return read(in);
  }

  static CandidateAttribute read(Cursor in) throws MalformedSdpException {
    String foundation = in.word("foundation");
    if (foundation.length() > MAX_FOUNDATION) {
      throw in.error("foundation is longer than " + MAX_FOUNDATION);
    }
    int component = in.intNumber("component", 1, MAX_COMPONENT);
    String transport = in.token("transport");
    long priority = in.number("priority", 0, MAX_PRIORITY);
    String address = in.word("candidate address");
    if (address.length() > MAX_ADDRESS) {
      throw in.error("candidate address is longer than " + MAX_ADDRESS);
    }
    int port = in.intNumber("candidate port", 0, 65_535);
    if (!in.word("typ").equals("typ")) {
      throw in.error("expected 'typ' behind the candidate port");
    }
    String type = in.token("candidate type");
    String relatedAddress = null;
    int relatedPort = -1;
    List<Extension> extensions = new ArrayList<>();
    while (in.hasMore()) {
      String name = in.word("candidate extension");
      if (name.equals("raddr") && relatedAddress == null) {
        relatedAddress = in.word("raddr");
      } else if (name.equals("rport") && relatedPort < 0) {
        relatedPort = in.intNumber("rport", 0, 65_535);
      } else if (extensions.size() == MAX_EXTENSIONS) {
        throw in.error("more than " + MAX_EXTENSIONS + " candidate extensions");
      } else {
        extensions.add(new Extension(name, in.word("value of '" + name + "'")));
      }
    }
    return new CandidateAttribute(
        foundation,
        component,
        transport,
        priority,
        address,
        port,
        type,
        relatedAddress,
        relatedPort,
        extensions);
  }

  /// The value of an extension, or null.
  public @Nullable String extension(String name) {
    for (Extension extension : extensions) {
      if (extension.name.equals(name)) {
        return extension.value;
      }
    }
    return null;
  }

  @Override
  public String attributeName() {
    return "candidate";
  }

  @Override
  public String attributeValue() {
    StringBuilder out = new StringBuilder(96);
    out.append(foundation).append(' ').append(component).append(' ').append(transport);
    out.append(' ').append(priority).append(' ').append(address).append(' ').append(port);
    out.append(" typ ").append(type);
    if (relatedAddress != null) {
      out.append(" raddr ").append(relatedAddress);
    }
    if (relatedPort >= 0) {
      out.append(" rport ").append(relatedPort);
    }
    for (Extension extension : extensions) {
      out.append(' ').append(extension.name).append(' ').append(extension.value);
    }
    return out.toString();
  }

  /// `candidate:…`, the form in which candidates trickle.
  @Override
  public String toString() {
    return PREFIX + attributeValue();
  }
}
