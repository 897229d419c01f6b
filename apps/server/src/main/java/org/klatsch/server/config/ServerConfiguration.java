package org.klatsch.server.config;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.klatsch.sansio.AddressPrefix;
import org.klatsch.server.ServerOptions;
import org.klatsch.server.TlsOptions;
import org.klatsch.server.rooms.RoomLimits;
import org.klatsch.server.turn.RelaySettings;

/// The options of a server out of a configuration.
public final class ServerConfiguration {
  private static final int MIN_TOKEN = 16;
  private static final int MAX_REALM = 127;
  private static final Pattern RANGE = Pattern.compile("\\s*([0-9]{1,5})\\s*-\\s*([0-9]{1,5})\\s*");

  private ServerConfiguration() {}

  /// Reads what is the server's own. Keys of others stay unread: the caller reads them and then
  /// calls [Section#finish].
  ///
  /// @param environment for where data is kept by default
  public static ServerOptions read(Section root, Map<String, String> environment)
      throws ConfigurationException {
    Value data = root.value("data");
    Value host = root.value("host");
    String address = host == null ? "127.0.0.1" : host.text();
    ServerOptions options =
        ServerOptions.of(
                root.integer("port", 8080, 0, 65_535),
                data == null ? defaultData(environment) : data.path())
            .withHost(address)
            .withUdpPort(root.integer("udpPort", ServerOptions.SAME_PORT, 0, 65_535))
            .withTls(tls(root, host, address))
            .withOrigins(texts(root.values("origins")))
            .withIceServers(texts(root.values("iceServers")))
            .withTrustForwarded(root.bool("trustForwarded", false))
            .withAdminToken(adminToken(root.section("admin")))
            .withRelay(relay(root.section("turn")))
            .withLimits(limits(root.section("limits")))
            .withService(ServiceConfiguration.read(root));
    Value drain = root.value("drain");
    return drain == null ? options : options.withDrain(drain.duration());
  }

  private static List<String> texts(List<Value> values) {
    return values.stream().map(Value::text).toList();
  }

  private static TlsOptions tls(Section root, @Nullable Value host, String address)
      throws ConfigurationException {
    Value cert = root.value("cert");
    Value key = root.value("key");
    Value tls = root.value("tls");
    if ((cert == null) != (key == null)) {
      Value alone = cert == null ? key : cert;
      throw new ConfigurationException(
          (alone == null ? "" : alone.origin() + ": ") + "cert and key belong together");
    }
    boolean secure = tls != null ? tls.bool() : cert != null || !loopback(host, address);
    if (!secure) {
      return new TlsOptions.Off();
    }
    return cert == null || key == null
        ? new TlsOptions.SelfSigned()
        : new TlsOptions.Files(cert.path(), key.path());
  }

  private static boolean loopback(@Nullable Value host, String address)
      throws ConfigurationException {
    try {
      return InetAddress.getByName(address).isLoopbackAddress();
    } catch (UnknownHostException e) {
      if (host == null) {
        throw new ConfigurationException(address + " is no address of this machine");
      }
      throw host.bad("an address of this machine");
    }
  }

  private static Path defaultData(Map<String, String> environment) {
    String base = environment.get("XDG_DATA_HOME");
    return base != null && !base.isEmpty()
        ? Path.of(base, "klatsch")
        : Path.of(System.getProperty("user.home"), ".local", "share", "klatsch");
  }

  private static @Nullable String adminToken(Section admin) throws ConfigurationException {
    Value token = admin.value("token");
    if (token == null) {
      return null;
    }
    if (token.text().length() < MIN_TOKEN) {
      throw token.badSecret("a token has at least " + MIN_TOKEN + " characters");
    }
    return token.text();
  }

  private static RelaySettings relay(Section turn) throws ConfigurationException {
    RelaySettings settings = users(turn);
    Value secret = turn.value("secret");
    if (secret != null) {
      if (secret.text().isEmpty()) {
        throw secret.badSecret("the secret is empty");
      }
      settings = settings.withSecret(secret.text());
    }
    Value realm = turn.value("realm");
    if (realm != null) {
      if (realm.text().isEmpty() || realm.text().length() > MAX_REALM) {
        throw realm.bad("1 to " + MAX_REALM + " characters");
      }
      settings = settings.withRealm(realm.text());
    }
    Value ports = turn.value("relayPorts");
    if (ports != null) {
      Matcher range = RANGE.matcher(ports.text());
      if (!range.matches()) {
        throw ports.bad("A-B");
      }
      int first = Integer.parseInt(range.group(1));
      int last = Integer.parseInt(range.group(2));
      if (first < 1 || last > 65_535 || first > last) {
        throw ports.bad("A-B within 1 to 65535");
      }
      settings = settings.withPorts(first, last);
    }
    Value alternate = turn.value("alternate");
    if (alternate != null) {
      try {
        settings = settings.withAlternate(alternate.text());
      } catch (IllegalArgumentException e) {
        throw alternate.bad("ADDRESS:PORT");
      }
    }
    return settings.withAllowedPeers(prefixes(turn.values("allowPeers")));
  }

  /// Ranges of addresses.
  static List<AddressPrefix> prefixes(List<Value> values) throws ConfigurationException {
    var ranges = new java.util.ArrayList<AddressPrefix>();
    for (Value value : values) {
      try {
        ranges.add(AddressPrefix.parse(value.text()));
      } catch (IllegalArgumentException e) {
        throw value.bad("an address or a range as 10.0.0.0/8");
      }
    }
    return ranges;
  }

  /// `- name: alice` with `password: …`, or `- alice:…` as the command line has it.
  private static RelaySettings users(Section turn) throws ConfigurationException {
    RelaySettings settings = RelaySettings.DEFAULT;
    if (turn.hasSections("users")) {
      for (Section user : turn.sections("users")) {
        settings =
            settings.withUser(user.required("name").text(), user.required("password").text());
      }
      return settings;
    }
    for (Value user : turn.values("users")) {
      int colon = user.text().indexOf(':');
      if (colon < 1 || colon == user.text().length() - 1) {
        throw user.badSecret("a user is name and password, or NAME:PASSWORD");
      }
      settings =
          settings.withUser(user.text().substring(0, colon), user.text().substring(colon + 1));
    }
    return settings;
  }

  private static RoomLimits limits(Section limits) throws ConfigurationException {
    RoomLimits defaults = RoomLimits.DEFAULTS;
    RoomLimits.Counts counts = defaults.counts();
    return defaults.withCounts(
        new RoomLimits.Counts(
            count(limits, "connections", counts.connections()),
            count(limits, "connectionsPerSource", counts.connectionsPerSource()),
            count(limits, "rooms", counts.rooms()),
            count(limits, "transfers", counts.transfers()),
            counts.placesPerSource(),
            count(limits, "members", counts.members())));
  }

  private static int count(Section limits, String key, int otherwise)
      throws ConfigurationException {
    return limits.integer(key, otherwise, 1, Integer.MAX_VALUE);
  }
}
