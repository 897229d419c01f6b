package org.klatsch.webrtc;

/// Receives events. It runs on the executor of the connection, one after the other with all other
/// listeners of that connection. What it throws is logged and stops nobody else.
@FunctionalInterface
public interface EventListener<E extends Event> {
  void handleEvent(E event) throws Exception;
}
