package org.klatsch.peer.jsep;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Base64;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.klatsch.peer.ExtensionUse;
import org.klatsch.peer.SctpParameters;
import org.klatsch.sctp.SctpAssociation;
import org.klatsch.sctp.SctpOptions;

/// INIT chunks of SCTP and the ICE option `sped` in descriptions.
class SetUpExtensionsTest {
  private static Jsep jsep(long seed, ExtensionUse use) {
    String init =
        Base64.getEncoder()
            .encodeToString(
                SctpAssociation.newInit(SctpOptions.defaults(), JsepFixture.random(seed)));
    Jsep jsep =
        JsepFixture.jsep(
            JsepFixture.options()
                .withSctpInit(use == ExtensionUse.OFF ? null : init, use == ExtensionUse.OFFER)
                .withDtlsInStun(use),
            seed);
    jsep.requestDataChannels();
    return jsep;
  }

  private static boolean tells(Jsep jsep) {
    String sdp = Objects.requireNonNull(jsep.localDescription()).sdp();
    boolean init = sdp.contains("a=sctp-init:");
    assertThat(sdp.lines().anyMatch(line -> line.matches("a=ice-options:.* sped"))).isEqualTo(init);
    return init;
  }

  private static @Nullable String remoteInit(Jsep jsep) {
    SctpParameters sctp = jsep.parameters().sctp();
    return sctp == null ? null : sctp.remoteInit();
  }

  @Test
  void areAnsweredByDefaultAndOfferedWhenSwitchedOn() throws JsepException {
    for (ExtensionUse offers : ExtensionUse.values()) {
      for (ExtensionUse answers : ExtensionUse.values()) {
        Jsep offerer = jsep(1, offers);
        Jsep answerer = jsep(2, answers);
        // Later exchanges of either side say the same.
        for (int i = 0; i < 3; i++) {
          JsepFixture.negotiate(i == 1 ? answerer : offerer, i == 1 ? offerer : answerer);
          boolean offered = offers == ExtensionUse.OFFER;
          boolean agreed = offered && answers != ExtensionUse.OFF;
          assertThat(tells(answerer)).as("%s, %s", offers, answers).isEqualTo(agreed);
          assertThat(tells(offerer)).isEqualTo(i == 0 ? offered : agreed);
          assertThat(remoteInit(offerer) != null).isEqualTo(agreed);
          assertThat(remoteInit(answerer) != null).isEqualTo(agreed);
        }
      }
    }
  }

  @Test
  void anInitChunkThatCannotBeTakenCountsAsNone() throws JsepException {
    for (String broken : new String[] {"AAAA", "AQAAFA==", "!"}) {
      Jsep offerer = jsep(1, ExtensionUse.OFFER);
      Jsep answerer = jsep(2, ExtensionUse.ANSWER);
      String offer = offerer.setLocalDescription().sdp();
      answerer.setRemoteDescription(
          SdpType.OFFER, offer.replaceAll("a=sctp-init:.*", "a=sctp-init:" + broken));
      assertThat(answerer.setLocalDescription().sdp()).doesNotContain("sctp-init");
      assertThat(remoteInit(answerer)).isNull();
    }
  }
}
