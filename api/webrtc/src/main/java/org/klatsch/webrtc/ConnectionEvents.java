package org.klatsch.webrtc;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/// Events for the JDK's Flight Recorder. They cost next to nothing while nobody records.
final class ConnectionEvents {
  private ConnectionEvents() {}

  /// From the constructor to `close()`.
  @Name("org.klatsch.Connection")
  @Label("Peer Connection")
  @Description("The life of a peer connection, from its constructor to its end")
  @Category({"Klatsch"})
  @StackTrace(false)
  static final class Lifetime extends Event {
    @Label("Connection")
    String connection = "";

    @Label("Last State")
    String lastState = "";

    void finish(RTCPeerConnectionState state) {
      end();
      if (shouldCommit()) {
        lastState = state.toString();
        commit();
      }
    }
  }

  @Name("org.klatsch.ConnectionState")
  @Label("Peer Connection State")
  @Description("A change of connectionState")
  @Category({"Klatsch"})
  @StackTrace(false)
  static final class StateChange extends Event {
    @Label("Connection")
    String connection = "";

    @Label("From")
    String from = "";

    @Label("To")
    String to = "";
  }

  static void stateChanged(
      String connection, RTCPeerConnectionState from, RTCPeerConnectionState to) {
    StateChange event = new StateChange();
    if (event.isEnabled()) {
      event.connection = connection;
      event.from = from.toString();
      event.to = to.toString();
      event.commit();
    }
  }
}
