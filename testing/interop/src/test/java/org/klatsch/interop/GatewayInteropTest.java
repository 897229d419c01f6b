package org.klatsch.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.DatagramSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.klatsch.gateway.Gateway;
import org.klatsch.gateway.GatewayConfiguration;
import org.klatsch.server.KlatschServer;
import org.klatsch.server.ServerOptions;
import org.klatsch.server.config.Configuration;
import org.klatsch.server.config.Section;

/// Softphones in a browser call telephones and are called.
@Tag("interop")
class GatewayInteropTest {
  @TempDir Path folder;

  private Gateway gateway;
  private KlatschServer server;
  private String url;

  @BeforeEach
  void look() {
    Requirements.browser("chromium");
    Requirements.check(() -> Programs.require("sipp"));
    Requirements.check(() -> Programs.require("baresip"));
  }

  /// @param trunk YAML of the trunk's further keys
  private void start(int pbx, String trunk) throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("klatsch.yaml"),
            """
            sip:
              port: 0
              domains:
                - name: klatsch.test
                  users:
                    - name: alice
                      password: "secret, with = signs"
                - name: open.test
                  openRegistration: true
              trunks:
                - name: pbx
                  uri: "sip:127.0.0.1:%d"
            %s
              routes:
                - match: "9xxx"
                  to: pbx
            """
                .formatted(pbx, trunk.indent(6).stripTrailing()));
    ServerOptions options = ServerOptions.of(0, folder.resolve("data"));
    Section root = Configuration.load(file, Map.of(), Map.of()).root();
    gateway = Gateway.start(GatewayConfiguration.read(root, options));
    server = KlatschServer.start(options, List.of(gateway.webSockets()));
    url = "ws://127.0.0.1:" + server.ready().httpPort() + "/sip";
  }

  @AfterEach
  void stop() throws Exception {
    if (server != null) {
      gateway.close();
      server.close();
    }
  }

  private PhonePage page(String library, Browser browser) throws Exception {
    return PhonePage.of(library, browser, server.ready().url() + "/healthz");
  }

  /// Waits for the call's record.
  private String record() throws Exception {
    Path file = folder.resolve("data/cdr.jsonl");
    long deadline = System.nanoTime() + 20_000_000_000L;
    while (Files.readString(file).isBlank()) {
      assertThat(System.nanoTime()).isLessThan(deadline);
      LockSupport.parkNanos(20_000_000);
    }
    return Files.readString(file);
  }

  @Test
  void hearsItselfFromASippThatEchoes() throws Exception {
    int pbx;
    try (DatagramSocket free = new DatagramSocket(0)) {
      pbx = free.getLocalPort();
    }
    start(pbx, "");
    Process sipp =
        new ProcessBuilder(
                "sipp",
                "-sn",
                "uas",
                "-i",
                "127.0.0.1",
                "-p",
                Integer.toString(pbx),
                "-rtp_echo",
                "-mi",
                "127.0.0.1",
                "-m",
                "1",
                "-nostdin")
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("sipp.log").toFile())
            .start();
    try (Browser browser = Browser.start("chromium");
        PhonePage page = page("jssip", browser)) {
      page.register(url, "bob", "open.test", "", 800);
      page.evaluate("call('sip:9123@open.test')");
      page.await("confirmed");
      page.waitUntil("hears(800)");
      page.evaluate("hangUp()");
      page.await("ended local");
      assertThat(sipp.waitFor()).isZero();
    } finally {
      sipp.destroyForcibly();
    }
    assertThat(record())
        .contains("\"status\":200")
        .contains("\"endedBy\":\"caller\"")
        .contains("\"transcoded\":false")
        .contains("\"codec\":\"pcmu\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"jssip", "sipjs"})
  void callsATelephone(String library) throws Exception {
    try (Baresip phone = new Baresip(folder.resolve("baresip"), 600, "")) {
      start(phone.port(), "");
      try (Browser browser = Browser.start("chromium");
          PhonePage page = page(library, browser)) {
        page.register(url, "alice", "klatsch.test", "secret, with = signs", 900);
        page.evaluate("call('sip:9123@klatsch.test')");
        page.await("confirmed");
        phone.await("Call established");
        page.waitUntil("hears(600)");
        page.evaluate("hangUp()");
        // It tells the duration of calls longer than a second alone.
        phone.await("session closed");
      }
    }
    assertThat(record()).contains("\"trunk\":\"pbx\"").contains("\"endedBy\":\"caller\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"jssip", "sipjs"})
  void isCalledByATelephone(String library) throws Exception {
    start(9, "");
    try (Browser browser = Browser.start("chromium");
        PhonePage page = page(library, browser)) {
      page.register(url, "alice", "klatsch.test", "secret, with = signs", 900);
      try (Baresip phone =
          Baresip.calling(
              folder.resolve("baresip"),
              600,
              "sip:127.0.0.1:" + gateway.sipPort() + ";transport=udp",
              "sip:alice@klatsch.test")) {
        page.await("ringing");
        page.evaluate("(answer(), true)");
        phone.await("Call established");
        page.waitUntil("hears(600)");
        page.evaluate("hangUp()");
        phone.await("session closed");
      }
    }
    assertThat(record()).contains("\"status\":200").contains("\"endedBy\":\"called\"");
  }

  @Test
  void encryptsTowardsATelephone() throws Exception {
    try (Baresip phone = new Baresip(folder.resolve("baresip"), 600, ";mediaenc=srtp-mand")) {
      start(phone.port(), "srtp: required");
      try (Browser browser = Browser.start("chromium");
          PhonePage page = page("jssip", browser)) {
        page.register(url, "bob", "open.test", "", 900);
        page.evaluate("call('sip:9123@open.test')");
        page.await("confirmed");
        page.waitUntil("hears(600)");
      }
    }
  }

  @Test
  void holdsAndResumes() throws Exception {
    try (Baresip phone = new Baresip(folder.resolve("baresip"), 600, "")) {
      start(phone.port(), "");
      try (Browser browser = Browser.start("chromium");
          PhonePage page = page("jssip", browser)) {
        page.register(url, "bob", "open.test", "", 900);
        page.evaluate("call('sip:9123@open.test')");
        page.await("confirmed");
        page.waitUntil("hears(600)");
        page.evaluate("(session.hold(), true)");
        page.await("hold local");
        page.waitUntil("silent()");
        page.evaluate("(session.unhold(), true)");
        page.await("unhold local");
        page.waitUntil("hears(600)");
      }
    }
  }

  @Test
  void transfersACall() throws Exception {
    try (Baresip phone = new Baresip(folder.resolve("baresip"), 600, "")) {
      start(phone.port(), "");
      try (Browser browser = Browser.start("chromium");
          PhonePage page = page("jssip", browser)) {
        page.register(url, "bob", "open.test", "", 900);
        page.evaluate("call('sip:9123@open.test')");
        page.await("confirmed");
        page.waitUntil("hears(600)");
        page.evaluate("(session.refer('sip:9123@open.test'), true)");
        phone.awaitTwice("Call established");
        page.await("ended");
      }
    }
  }

  @Test
  void digitsOfABrowserReachATelephone() throws Exception {
    try (Baresip phone = new Baresip(folder.resolve("baresip"), 600, "")) {
      start(phone.port(), "");
      try (Browser browser = Browser.start("chromium");
          PhonePage page = page("jssip", browser)) {
        page.register(url, "bob", "open.test", "", 900);
        page.evaluate("call('sip:9123@open.test')");
        page.await("confirmed");
        page.waitUntil("hears(600)");
        page.evaluate("(session.sendDTMF('5'), true)");
        phone.await("event: '5'");
        page.evaluate("(session.sendDTMF('#', {transportType: 'RFC2833'}), true)");
        phone.await("event: '#'");
      }
    }
  }

  @Test
  void endsTheCallOfABrowserThatIsKilled() throws Exception {
    try (Baresip phone = new Baresip(folder.resolve("baresip"), 600, "")) {
      start(phone.port(), "");
      try (Browser browser = Browser.start("chromium");
          PhonePage page = page("jssip", browser)) {
        page.register(url, "bob", "open.test", "", 900);
        page.evaluate("call('sip:9123@open.test')");
        page.await("confirmed");
        phone.await("Call established");
      }
      phone.await("session closed");
    }
    assertThat(record()).contains("\"endedBy\":\"caller\"");
  }
}
