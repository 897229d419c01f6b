package org.klatsch.sdp;

/// `c=`: where media goes without ICE, RFC 8866 §5.7. With ICE it repeats the default candidate, or
/// is `IN IP4 0.0.0.0`.
///
/// @param networkType `IN`
/// @param addressType `IP4` or `IP6`
/// @param address address or name, for multicast with `/ttl/count`
public record Connection(String networkType, String addressType, String address) {
  /// What stands here before candidates are known, RFC 9429 §5.2.1.
  public static final Connection UNKNOWN = new Connection("IN", "IP4", "0.0.0.0");

  public Connection {
    Grammar.requireWord("network type", networkType);
    Grammar.requireWord("address type", addressType);
    Grammar.requireWord("connection address", address);
  }

  static Connection read(Cursor in) throws MalformedSdpException {
    Connection connection =
        new Connection(
            in.word("network type"), in.word("address type"), in.word("connection address"));
    in.end();
    return connection;
  }

  @Override
  public String toString() {
    return networkType + " " + addressType + " " + address;
  }
}
