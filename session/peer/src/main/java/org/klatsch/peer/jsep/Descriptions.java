package org.klatsch.peer.jsep;

import org.jspecify.annotations.Nullable;

/// The four descriptions and the state they make, RFC 9429 §4.1.12 to §4.1.15. As this is all the
/// state of an exchange, a rollback is one assignment.
///
/// @param state what the descriptions amount to
record Descriptions(
    SignalingState state,
    @Nullable JsepDescription currentLocal,
    @Nullable JsepDescription currentRemote,
    @Nullable JsepDescription pendingLocal,
    @Nullable JsepDescription pendingRemote) {

  static final Descriptions NONE = new Descriptions(SignalingState.STABLE, null, null, null, null);

  @Nullable JsepDescription local() {
    return pendingLocal != null ? pendingLocal : currentLocal;
  }

  @Nullable JsepDescription remote() {
    return pendingRemote != null ? pendingRemote : currentRemote;
  }

  /// RFC 9429 §4.1.10.2.
  Descriptions rolledBack() {
    return new Descriptions(SignalingState.STABLE, currentLocal, currentRemote, null, null);
  }

  Descriptions withLocal(JsepDescription description) {
    return switch (description.type()) {
      case OFFER ->
          new Descriptions(
              SignalingState.HAVE_LOCAL_OFFER, currentLocal, currentRemote, description, null);
      case PRANSWER ->
          new Descriptions(
              SignalingState.HAVE_LOCAL_PRANSWER,
              currentLocal,
              currentRemote,
              description,
              pendingRemote);
      case ANSWER ->
          new Descriptions(SignalingState.STABLE, description, pendingRemote, null, null);
      case ROLLBACK -> rolledBack();
    };
  }

  Descriptions withRemote(JsepDescription description) {
    return switch (description.type()) {
      case OFFER ->
          new Descriptions(
              SignalingState.HAVE_REMOTE_OFFER, currentLocal, currentRemote, null, description);
      case PRANSWER ->
          new Descriptions(
              SignalingState.HAVE_REMOTE_PRANSWER,
              currentLocal,
              currentRemote,
              pendingLocal,
              description);
      case ANSWER -> new Descriptions(SignalingState.STABLE, pendingLocal, description, null, null);
      case ROLLBACK -> rolledBack();
    };
  }

  Descriptions closed() {
    return new Descriptions(
        SignalingState.CLOSED, currentLocal, currentRemote, pendingLocal, pendingRemote);
  }

  /// The same state with candidates added to the descriptions.
  Descriptions withCandidates(
      @Nullable JsepDescription newCurrentLocal,
      @Nullable JsepDescription newCurrentRemote,
      @Nullable JsepDescription newPendingLocal,
      @Nullable JsepDescription newPendingRemote) {
    return new Descriptions(
        state, newCurrentLocal, newCurrentRemote, newPendingLocal, newPendingRemote);
  }
}
