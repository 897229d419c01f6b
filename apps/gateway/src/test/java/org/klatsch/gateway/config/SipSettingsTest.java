package org.klatsch.gateway.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.klatsch.media.RtpCodec;
import org.klatsch.server.config.Configuration;
import org.klatsch.server.config.ConfigurationException;
import org.klatsch.server.config.Section;

class SipSettingsTest {
  @TempDir Path folder;

  private SipSettings read(String yaml) throws Exception {
    Path file = Files.writeString(folder.resolve("klatsch.yaml"), yaml);
    Section root = Configuration.load(file, Map.of(), Map.of()).root();
    SipSettings settings = SipSettings.read(root.section("sip"));
    root.finish();
    return settings;
  }

  @Test
  void readsDomainsRoutesAndTrunks() throws Exception {
    SipSettings settings =
        read(
            """
            sip:
              domains:
                - name: Example.org
                  users:
                    - {name: alice, password: "0123"}
              trunks:
                - name: pbx
                  uri: "sip:192.0.2.1"
                  codecs: [pcma, opus]
                  srtp: required
                  dtmf: inband
                  failOver: [503]
              routes:
                - match: "9xxx"
                  to: "sip:127.0.0.1:5090"
                - match: "0."
                  strip: 1
                  trunks: [pbx]
                  record: true
            """);

    Domain domain = settings.domain("example.ORG");
    assertThat(domain).isNotNull();
    Domain.User alice = domain.user("alice");
    assertThat(alice).isNotNull();
    assertThat(alice.password()).isEqualTo("0123");
    assertThat(alice).hasToString("alice");
    Trunk pbx = settings.trunks().get("pbx");
    assertThat(pbx.codecs()).extracting(RtpCodec::name).containsExactly("pcma", "opus");
    assertThat(pbx.srtp()).isEqualTo(SrtpMode.REQUIRED);
    assertThat(pbx.dtmf()).isEqualTo(DtmfMode.INBAND);
    assertThat(settings.route("9123")).isNotNull().extracting(Route::record).isEqualTo(false);
    assertThat(settings.route("0301"))
        .isNotNull()
        .extracting(r -> r.rewritten("0301"))
        .isEqualTo("301");
    assertThat(settings.route("nobody")).isNull();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "domain: []|unknown key sip.domain",
        "routes: [{match: 9xxx, too: sip:x}]|sip.routes[0]",
        "routes: [{match: 9xxx, to: nobody}]|nobody",
        "routes: [{match: 9xxx}]|to",
        "routes: [{match: 0.0, to: 'sip:x'}]|0.0",
        "trunks: [{name: a, uri: tel:1}]|tel:1",
        "trunks: [{name: a, uri: 'sip:a', codecs: [gsm]}]|gsm",
        "domains: [{name: a, users: [{name: b}]}]|password is missing"
      })
  void namesWhatIsWrong(String yaml, String message) {
    assertThatThrownBy(() -> read("sip:\n  " + yaml + "\n"))
        .isInstanceOf(ConfigurationException.class)
        .extracting(e -> ((ConfigurationException) e).text())
        .asString()
        .contains(message);
  }
}
