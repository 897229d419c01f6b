package org.klatsch.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.klatsch.sansio.AddressPrefix;
import org.klatsch.sansio.TransportAddress;
import org.klatsch.server.ServerOptions;
import org.klatsch.server.ServiceOptions;
import org.klatsch.server.TlsOptions;
import org.klatsch.server.store.SyncPolicy;
import org.klatsch.server.tenants.Quotas;
import org.klatsch.server.tenants.Tenant;
import org.klatsch.server.tenants.TenantKey;
import org.klatsch.server.turn.RelaySettings;

final class ConfigurationTest {
  @TempDir Path directory;

  private ServerOptions read(String yaml) throws IOException, ConfigurationException {
    return read(yaml, Map.of(), Map.of());
  }

  private ServerOptions read(String yaml, Map<String, String> variables, Map<String, String> flags)
      throws IOException, ConfigurationException {
    Path file = Files.writeString(directory.resolve("klatsch.yaml"), yaml);
    Section root = Configuration.load(file, variables, flags).root();
    ServerOptions options = ServerConfiguration.read(root, variables);
    root.accept("sip");
    root.finish();
    return options;
  }

  private String problem(String yaml) {
    try {
      ServerOptions options = read(yaml);
      throw new AssertionError("accepted as " + options);
    } catch (ConfigurationException e) {
      return e.text();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void readsEveryKeyOfAFile() throws Exception {
    ServerOptions options =
        read(
            """
            # everything
            host: 0.0.0.0
            port: 8443
            udpPort: 3478
            tls: off
            data: /var/lib/klatsch
            origins: [https://example.org, "https://example.net:8443"]
            iceServers:
              - stun:stun.example.org
            trustForwarded: true
            drain: 2m
            admin:
              token: 0123456789abcdef
            turn:
              users:
                - name: alice
                  password: 007
                - {name: bob, password: "on"}
              secret: shared
              realm: example.org
              relayPorts: 50000-50999
              allowPeers: [10.0.0.0/8, "::1"]
              alternate: "[2001:db8::5]:3479"
            limits: {connections: 20, connectionsPerSource: 10, rooms: 3, transfers: 4, members: 5}
            sip:
              anything: goes
            """);
    assertThat(options.host()).isEqualTo("0.0.0.0");
    assertThat(options.port()).isEqualTo(8443);
    assertThat(options.udpPort()).isEqualTo(3478);
    assertThat(options.tls()).isInstanceOf(TlsOptions.Off.class);
    assertThat(options.data()).isEqualTo(Path.of("/var/lib/klatsch"));
    assertThat(options.origins())
        .containsExactly("https://example.org", "https://example.net:8443");
    assertThat(options.iceServers()).containsExactly("stun:stun.example.org");
    assertThat(options.trustForwarded()).isTrue();
    assertThat(options.drain()).isEqualTo(Duration.ofMinutes(2));
    assertThat(options.adminToken()).isEqualTo("0123456789abcdef");
    RelaySettings relay = options.relay();
    // A password of digits keeps its zeros, and a word that looks like a truth value stays one.
    assertThat(relay.users()).containsOnly(Map.entry("alice", "007"), Map.entry("bob", "on"));
    assertThat(relay.secret()).isEqualTo("shared");
    assertThat(relay.realm()).isEqualTo("example.org");
    assertThat(relay.firstPort()).isEqualTo(50_000);
    assertThat(relay.lastPort()).isEqualTo(50_999);
    assertThat(relay.allowedPeers())
        .containsExactly(AddressPrefix.parse("10.0.0.0/8"), AddressPrefix.parse("::1/128"));
    assertThat(relay.alternate()).isEqualTo(TransportAddress.parse("2001:db8::5", 3479));
    assertThat(options.limits().counts().connections()).isEqualTo(20);
    assertThat(options.limits().counts().rooms()).isEqualTo(3);
    assertThat(options.limits().counts().members()).isEqualTo(5);
  }

  @Test
  void withoutAFileEverythingHasItsDefault() throws Exception {
    Section root = Configuration.of(Map.of()).root();
    ServerOptions options = ServerConfiguration.read(root, Map.of("XDG_DATA_HOME", "/x"));
    root.finish();
    assertThat(options).hasToString(ServerOptions.of(8080, Path.of("/x/klatsch")).toString());
  }

  @Test
  void aFlagGoesBeforeAVariableAndThatBeforeTheFile() throws Exception {
    String file = "turn: {realm: file, relayPorts: 100-200}\nport: 1\n";
    Map<String, String> variables =
        Map.of("KLATSCH_TURN_REALM", "variable", "KLATSCH_PORT", "2", "KLATSCH_HOST", "");
    ServerOptions options = read(file, variables, Map.of("--port", "3"));
    assertThat(options.port()).isEqualTo(3);
    assertThat(options.relay().realm()).isEqualTo("variable");
    assertThat(options.relay().firstPort()).isEqualTo(100);
    assertThat(options.host()).isEqualTo("127.0.0.1");
  }

  @Test
  void everySettingIsAFlagAndAVariableOfItsOwn() throws Exception {
    String plain = outcome(Configuration.of(Map.of()));
    var names = new HashSet<String>();
    for (Setting setting : ServerSettings.ALL) {
      assertThat(names.add(setting.flag())).isTrue();
      assertThat(names.add(setting.variable())).isTrue();
      // An address, a name, and no number or truth value: it changes something or is refused.
      String value = "::2";
      assertThat(outcome(Configuration.of(Map.of(setting.flag(), value))))
          .as(setting.flag())
          .isNotEqualTo(plain);
      assertThat(outcome(Configuration.load(null, Map.of(setting.variable(), value), Map.of())))
          .as(setting.variable())
          .isNotEqualTo(plain);
    }
    assertThat(names)
        .contains("--turn-relay-ports", "KLATSCH_TURN_RELAY_PORTS", "--udp-port", "KLATSCH_HOST");
  }

  private static String outcome(Configuration configuration) {
    try {
      ServerOptions options =
          ServerConfiguration.read(configuration.root(), Map.of("XDG_DATA_HOME", "/x"));
      return options
          + " "
          + options.relay().secret()
          + options.relay().realm()
          + options.relay().allowedPeers()
          + options.service().adminUser()
          + options.service().adminPassword()
          + options.service().webhookOptions();
    } catch (ConfigurationException e) {
      return e.text();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "prot: 1|klatsch.yaml:1: unknown key prot; did you mean port?",
        "turn:\\n  relayports: 1-2|klatsch.yaml:2: unknown key turn.relayports; did you mean turn.relayPorts?",
        "turn:\\n  users:\\n  - name: a\\n    password: b\\n    pasword: c|klatsch.yaml:5: unknown key turn.users[0].pasword; did you mean turn.users[0].password?",
        "port: many|klatsch.yaml:1: port: \"many\", expected a whole number from 0 to 65535",
        "#\\n\\nport: 70000|klatsch.yaml:3: port: \"70000\", expected a whole number",
        "turn: 5|klatsch.yaml:1: turn: a single value, expected keys with values",
        "port: [1]|klatsch.yaml:1: port: a list, expected a single value",
        "turn:\\n  users:\\n  - name: a|klatsch.yaml:3: turn.users[0].password is missing",
        "turn: {relayPorts: 9-1}|klatsch.yaml:1: turn.relayPorts: \"9-1\", expected A-B",
        "turn:\\n  allowPeers: [10.0.0.0/99]|klatsch.yaml:2: turn.allowPeers: \"10.0.0.0/99\", expected an address",
        "drain: soon|klatsch.yaml:1: drain: \"soon\", expected a time",
        "tls: maybe|klatsch.yaml:1: tls: \"maybe\", expected true or false",
        "cert: a.pem|klatsch.yaml:1: cert: cert and key belong together",
        "port: 1\\nport: 2|klatsch.yaml:2:",
        "- a|klatsch.yaml:1: a list, expected keys with values",
        "a: [1|klatsch.yaml:",
        "a: &x 1\\nb: *x|klatsch.yaml:2: an alias",
      })
  void namesWhatIsWrongAndWhere(String yaml, String expected) {
    String problem = problem(yaml.replace("\\n", "\n"));
    assertThat(problem).contains(expected).doesNotContain("\n", "Exception");
  }

  @Test
  void aSecretThatIsWrongIsNotShown() {
    assertThat(problem("admin:\n  token: hush"))
        .contains("klatsch.yaml:2: admin.token: a token has at least 16 characters")
        .doesNotContain("hush");
    assertThat(problem("turn:\n  users: ['hush']")).contains("turn.users").doesNotContain("hush");
  }

  @Test
  void aFileThatIsNotThereIsNamed() {
    assertThatThrownBy(() -> Configuration.load(directory.resolve("no"), Map.of(), Map.of()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("there is no file")
        .hasMessageContaining("no");
  }

  @Test
  void anEmptyFileSaysNothing() throws Exception {
    assertThat(read("# nothing\n", Map.of("XDG_DATA_HOME", "/x"), Map.of()))
        .hasToString(ServerOptions.of(8080, Path.of("/x/klatsch")).toString());
  }

  @Test
  void readsTenants() throws Exception {
    ServiceOptions service =
        read("""
        admin: {user: root, password: correct horse}
        rooms: {open: true, history: 50, historyKept: 7d}
        store: {sync: always}
        drainNotice: 5s
        webhooks: {allow: [10.0.0.0/8]}
        tenants:
          - id: acme
            name: Acme Ltd
            keys:
              - id: k1
                secret: 0123456789abcdef0123456789abcdef
            quotas: {rooms: 10, streams: 2}
            webhooks:
              - url: https://acme.example/hook
                secret: whsec_MDEyMzQ1Njc4OWFiY2RlZg==
                events: [room.*, member.joined]
          - name: beta
        """)
            .service();
    assertThat(service.adminUser()).isEqualTo("root");
    assertThat(service.adminPassword()).isEqualTo("correct horse");
    assertThat(service.openRooms()).isTrue();
    assertThat(service.chatLines()).isEqualTo(50);
    assertThat(service.chatKept()).isEqualTo(Duration.ofDays(7));
    assertThat(service.sync()).isEqualTo(SyncPolicy.ALWAYS);
    assertThat(service.drainNotice()).isEqualTo(Duration.ofSeconds(5));
    assertThat(service.webhookOptions().allowed()).hasSize(1);
    assertThat(service.tenants()).extracting(Tenant::id).containsExactly("acme", "beta");
    Tenant acme = service.tenants().getFirst();
    assertThat(acme.name()).isEqualTo("Acme Ltd");
    assertThat(acme.keys())
        .containsExactly(new TenantKey("k1", "0123456789abcdef0123456789abcdef"));
    assertThat(acme.quotas()).isEqualTo(new Quotas(10, Quotas.UNLIMITED, 2));
    assertThat(service.webhooks()).hasSize(1);
    assertThat(service.webhooks().getFirst().events()).containsExactly("room.*", "member.joined");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "tenants: [{keys: []}]|tenants[0].id is missing",
        "tenants: [{id: Acme}]|tenants[0].id: \"Acme\", expected 1 to 63 small letters",
        "tenants:\\n- id: a\\n- id: a|klatsch.yaml:3: tenants[1].id: \"a\", expected another",
        "tenants: [{id: a, keys: [{id: k}]}]|tenants[0].keys[0].secret is missing",
        "tenants: [{id: a, keys: [{id: k, secret: hush}]}]|the secret of key k has 4 bytes",
        "tenants: [{id: a, key: [{id: k}]}]|unknown key tenants[0].key; did you mean tenants[0].keys?",
        "tenants: [{id: a, webhooks: [{url: 'ftp://x', secret: hush-hush}]}]|expected https://",
        "tenants: [{id: a, webhooks: [{url: 'https://x', secret: hush-hush, events: [x]}]}]|no type of events",
        "store: {sync: sometimes}|expected always or interval or never",
        "admin: {password: hush}|at least 8 characters",
        "webhooks: {allow: [inside]}|expected an address or a range",
      })
  void namesWhatIsWrongWithTenants(String yaml, String expected) {
    assertThat(problem(yaml.replace("\\n", "\n"))).contains(expected).doesNotContain("hush", "\n");
  }
}
