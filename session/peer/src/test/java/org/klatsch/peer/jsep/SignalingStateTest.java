package org.klatsch.peer.jsep;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.klatsch.peer.SessionParameters;

/// Every state with every operation: RFC 9429 §3.2 and the W3C's "set a session description".
class SignalingStateTest {
  private final Jsep other = JsepFixture.withData(2);
  private final Jsep third = JsepFixture.withData(3);

  /// Brings a fresh peer into a state by the shortest way.
  private Jsep in(SignalingState state) throws JsepException {
    Jsep jsep = JsepFixture.withData(1);
    switch (state) {
      case STABLE -> {}
      case HAVE_LOCAL_OFFER -> jsep.setLocalDescription();
      case HAVE_REMOTE_OFFER -> remoteOffer(jsep, other);
      case HAVE_LOCAL_PRANSWER -> {
        remoteOffer(jsep, other);
        jsep.setLocalDescription(SdpType.PRANSWER, "");
      }
      case HAVE_REMOTE_PRANSWER -> {
        jsep.setLocalDescription();
        jsep.setRemoteDescription(SdpType.PRANSWER, answerTo(jsep));
      }
      case CLOSED -> jsep.close();
    }
    assertThat(jsep.signalingState()).isEqualTo(state);
    return jsep;
  }

  private static void remoteOffer(Jsep jsep, Jsep from) throws JsepException {
    jsep.setRemoteDescription(SdpType.OFFER, from.createOffer(false).sdp());
  }

  private static String answerTo(Jsep offerer) throws JsepException {
    Jsep answerer = JsepFixture.jsep(4);
    JsepDescription offer = offerer.localDescription();
    String sdp = offer == null ? JsepFixture.withData(5).createOffer(false).sdp() : offer.sdp();
    answerer.setRemoteDescription(SdpType.OFFER, sdp);
    return answerer.createAnswer().sdp();
  }

  private void run(Jsep jsep, String operation, String argument) throws JsepException {
    SdpType type = argument == null ? null : SdpType.valueOf(argument.toUpperCase(Locale.ROOT));
    switch (operation) {
      case "createOffer" -> jsep.createOffer(false);
      case "createAnswer" -> jsep.createAnswer();
      case "setLocal" -> {
        if (type == null) {
          jsep.setLocalDescription();
        } else {
          jsep.setLocalDescription(type, "");
        }
      }
      case "setRemote" -> {
        String sdp =
            switch (type) {
              case OFFER -> third.createOffer(false).sdp();
              case PRANSWER, ANSWER -> answerTo(jsep);
              case ROLLBACK -> "not read";
            };
        jsep.setRemoteDescription(type, sdp);
      }
      default -> throw new AssertionError(operation);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        // operation           | stable | local offer | remote offer | local pranswer | remote
        // pranswer | closed. A dot is an InvalidStateError, = no change.
        "createOffer            | =   | =   | .   | .   | .   | .",
        "createAnswer           | .   | .   | =   | =   | .   | .",
        "setLocal               | LO  | LO  | S   | S   | .   | .",
        "setLocal offer         | LO  | LO  | .   | .   | .   | .",
        "setLocal pranswer      | .   | .   | LP  | LP  | .   | .",
        "setLocal answer        | .   | .   | S   | S   | .   | .",
        "setLocal rollback      | .   | S   | S   | .   | .   | .",
        "setRemote offer        | RO  | RO  | RO  | .   | .   | .",
        "setRemote pranswer     | .   | RP  | .   | .   | RP  | .",
        "setRemote answer       | .   | S   | .   | .   | S   | .",
        "setRemote rollback     | .   | S   | S   | .   | .   | .",
      })
  void everyOperationInEveryState(
      String operation,
      String stable,
      String localOffer,
      String remoteOffer,
      String localPranswer,
      String remotePranswer,
      String closed)
      throws JsepException {
    String[] expected = {stable, localOffer, remoteOffer, localPranswer, remotePranswer, closed};
    SignalingState[] states = {
      SignalingState.STABLE,
      SignalingState.HAVE_LOCAL_OFFER,
      SignalingState.HAVE_REMOTE_OFFER,
      SignalingState.HAVE_LOCAL_PRANSWER,
      SignalingState.HAVE_REMOTE_PRANSWER,
      SignalingState.CLOSED
    };
    String[] words = operation.split(" ", -1);
    for (int i = 0; i < states.length; i++) {
      Jsep jsep = in(states[i]);
      SessionParameters before = jsep.parameters();
      String result;
      try {
        run(jsep, words[0], words.length == 1 ? null : words[1]);
        result = jsep.signalingState() == states[i] ? "=" : "changed";
      } catch (JsepException e) {
        result = e.kind() == JsepException.Kind.INVALID_STATE ? "." : e.toString();
        assertThat(jsep.parameters()).isSameAs(before);
      }
      SignalingState wanted = state(expected[i], states[i]);
      assertThat(result)
          .as("%s in %s", operation, states[i])
          .isEqualTo(expected[i].equals(".") ? "." : wanted == states[i] ? "=" : "changed");
      assertThat(jsep.signalingState()).as("%s in %s", operation, states[i]).isEqualTo(wanted);
    }
  }

  private static SignalingState state(String code, SignalingState before) {
    return switch (code) {
      case "S" -> SignalingState.STABLE;
      case "LO" -> SignalingState.HAVE_LOCAL_OFFER;
      case "RO" -> SignalingState.HAVE_REMOTE_OFFER;
      case "LP" -> SignalingState.HAVE_LOCAL_PRANSWER;
      case "RP" -> SignalingState.HAVE_REMOTE_PRANSWER;
      default -> before;
    };
  }
}
