package org.klatsch.server.turn;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.klatsch.sansio.AddressPrefix;
import org.klatsch.sansio.TransportAddress;

/// Who may use a relay, and for what.
///
/// @param users passwords by name
/// @param secret shared with whoever gives out time-limited names, or null for none
/// @param realm what clients see
/// @param firstPort lowest port to relay from
/// @param lastPort highest port to relay from
/// @param allowedPeers ranges that are relayed to although they are private, loopback or this
///   machine's
/// @param alternate a second address and port, both other than those listened on, with which
///   clients find out how their NATs behave (RFC 5780); null for none
public record RelaySettings(
    Map<String, String> users,
    @Nullable String secret,
    String realm,
    int firstPort,
    int lastPort,
    List<AddressPrefix> allowedPeers,
    @Nullable TransportAddress alternate) {
  /// Nobody may relay; STUN alone works. The dynamic ports of RFC 6335 §6, as RFC 8656 §7.2 has it.
  public static final RelaySettings DEFAULT =
      new RelaySettings(Map.of(), null, "klatsch", 49_152, 65_535, List.of(), null);

  public RelaySettings {
    users = Map.copyOf(users);
    allowedPeers = List.copyOf(allowedPeers);
    if (firstPort < 1 || lastPort > 65_535 || firstPort > lastPort) {
      throw new IllegalArgumentException(
          "relay ports " + firstPort + "-" + lastPort + " are no range in 1 to 65535");
    }
  }

  /// The same with one more user.
  public RelaySettings withUser(String name, String password) {
    Map<String, String> more = new HashMap<>(users);
    more.put(name, password);
    return new RelaySettings(more, secret, realm, firstPort, lastPort, allowedPeers, alternate);
  }

  /// The same with another secret.
  public RelaySettings withSecret(String other) {
    return new RelaySettings(users, other, realm, firstPort, lastPort, allowedPeers, alternate);
  }

  /// The same with another realm.
  public RelaySettings withRealm(String other) {
    return new RelaySettings(users, secret, other, firstPort, lastPort, allowedPeers, alternate);
  }

  /// The same with other ports to relay from.
  public RelaySettings withPorts(int first, int last) {
    return new RelaySettings(users, secret, realm, first, last, allowedPeers, alternate);
  }

  /// The same with other ranges that may be relayed to.
  public RelaySettings withAllowedPeers(List<AddressPrefix> ranges) {
    return new RelaySettings(users, secret, realm, firstPort, lastPort, ranges, alternate);
  }

  /// The same with a second address, as `203.0.113.5:3479` or `[2001:db8::5]:3479`.
  public RelaySettings withAlternate(String text) {
    int colon = text.lastIndexOf(':');
    String host = text.substring(0, Math.max(0, colon)).replaceAll("[\\[\\]]", "");
    TransportAddress address;
    try {
      address = TransportAddress.tryParse(host, Integer.parseInt(text.substring(colon + 1)));
    } catch (IllegalArgumentException e) {
      address = null;
    }
    if (address == null || address.port() == 0) {
      throw new IllegalArgumentException("\"" + text + "\", expected ADDRESS:PORT");
    }
    return withAlternate(address);
  }

  /// The same with a second address.
  public RelaySettings withAlternate(@Nullable TransportAddress address) {
    return new RelaySettings(users, secret, realm, firstPort, lastPort, allowedPeers, address);
  }

  /// Never shows passwords or the secret.
  @Override
  public String toString() {
    return "RelaySettings[" + users.size() + " users, " + firstPort + "-" + lastPort + "]";
  }
}
