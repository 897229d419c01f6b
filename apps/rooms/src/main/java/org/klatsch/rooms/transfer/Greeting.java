package org.klatsch.rooms.transfer;

import java.security.SecureRandom;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.klatsch.rooms.secret.SecretProof;
import org.klatsch.rooms.transfer.ControlMessage.Confirm;
import org.klatsch.rooms.transfer.ControlMessage.Hello;
import org.klatsch.rooms.transfer.ControlMessage.Pake;
import org.klatsch.rooms.transfer.ControlMessage.Role;

/// The beginning of a connection: both hellos and, with a code, the proof of its secret;
/// `docs/transfer-protocol.md` §3 and §4. Pure state: what is to be sent is returned. Guarded by
/// the lock of its peer.
final class Greeting {
  /// Versions of the protocol that are spoken here.
  private static final List<Integer> VERSIONS = List.of(1);

  private final Access access;
  private final String agent;
  private final List<String> media;
  private final SecureRandom random;
  private final byte[] nonce = new byte[SecretProof.NONCE_LENGTH];
  private @Nullable SecretProof proof;
  private List<String> peerMedia = List.of();
  private boolean helloSeen;
  private boolean pointSeen;
  private boolean tagShown;
  private boolean done;

  Greeting(Access access, String agent, List<String> media, SecureRandom random) {
    this.access = access;
    this.agent = agent;
    // Media are of rooms alone, §13.
    this.media = access instanceof Access.Room ? media : List.of();
    this.random = random;
    random.nextBytes(nonce);
  }

  /// What a step leads to: messages to send, in order, and perhaps the end of the connection.
  ///
  /// @param failure null, or the reason of the `error` that ends the connection
  record Step(List<ControlMessage> send, @Nullable String failure) {
    static Step answer(ControlMessage... messages) {
      return new Step(List.of(messages), null);
    }

    static Step fail(String reason) {
      return new Step(List.of(), reason);
    }
  }

  Step start() {
    if (access instanceof Access.Code code && code.guesses().spent()) {
      return Step.fail("too-many-attempts");
    }
    return Step.answer(new Hello(VERSIONS, role(), nonce, agent, media));
  }

  boolean done() {
    return done;
  }

  /// Kinds of media that the other receives.
  List<String> peerMedia() {
    return peerMedia;
  }

  Step handle(ControlMessage message) throws MalformedTransferException {
    return switch (message) {
      case Hello hello when !helloSeen -> handleHello(hello);
      case Pake pake when helloSeen && proof != null && !pointSeen -> handlePoint(proof, pake);
      case Confirm confirm when proof != null && pointSeen -> handleTag(proof, confirm);
      default ->
          throw new MalformedTransferException(
              message.getClass().getSimpleName() + " before the greeting is done");
    };
  }

  /// To be called when the connection ends. A receiver that had shown its tag and got none back may
  /// have met somebody who was guessing.
  void handleClosed() {
    if (tagShown && !done && access instanceof Access.Code code) {
      tagShown = false;
      code.guesses().countWrong();
    }
  }

  private Step handleHello(Hello hello) throws MalformedTransferException {
    helloSeen = true;
    if (Collections.disjoint(hello.versions(), VERSIONS)) {
      return Step.fail("version");
    }
    Role wanted =
        switch (role()) {
          case SENDER -> Role.RECEIVER;
          case RECEIVER -> Role.SENDER;
          case MEMBER -> Role.MEMBER;
        };
    if (hello.role() != wanted) {
      throw new MalformedTransferException("role " + hello.role() + ", expected " + wanted);
    }
    if (!(access instanceof Access.Code code)) {
      peerMedia = hello.media();
      done = true;
      return Step.answer();
    }
    SecretProof made =
        new SecretProof(
            code.role(),
            code.code(),
            nonce,
            hello.nonce(),
            code.ownFingerprint(),
            code.peerFingerprint(),
            random);
    proof = made;
    return code.role() == SecretProof.Role.RECEIVER
        ? Step.answer(new Pake(made.ownPoint()))
        : Step.answer();
  }

  private Step handlePoint(SecretProof made, Pake pake) {
    pointSeen = true;
    if (!made.handlePoint(pake.y())) {
      return wrong();
    }
    if (role() == Role.SENDER) {
      return Step.answer(new Pake(made.ownPoint()));
    }
    tagShown = true;
    return Step.answer(new Confirm(made.ownTag()));
  }

  private Step handleTag(SecretProof made, Confirm confirm) {
    if (!made.accepts(confirm.tag())) {
      return wrong();
    }
    done = true;
    return role() == Role.SENDER ? Step.answer(new Confirm(made.ownTag())) : Step.answer();
  }

  private Step wrong() {
    tagShown = false;
    boolean spent = access instanceof Access.Code code && code.guesses().countWrong();
    return Step.fail(spent ? "too-many-attempts" : "wrong-code");
  }

  private Role role() {
    return switch (access) {
      case Access.Code code -> code.role() == SecretProof.Role.SENDER ? Role.SENDER : Role.RECEIVER;
      case Access.Room _ -> Role.MEMBER;
    };
  }
}
