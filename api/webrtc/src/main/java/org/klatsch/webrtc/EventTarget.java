package org.klatsch.webrtc;

import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// An object that events are fired at, DOM §2.7. Listeners may be added and removed on any thread;
/// they run on the executor of the connection, in the order in which they were added.
public abstract sealed class EventTarget
    permits MediaDevices,
        MediaRecorder,
        MediaStream,
        MediaStreamTrack,
        RTCDTMFSender,
        RTCDataChannel,
        RTCDtlsTransport,
        RTCIceTransport,
        RTCPeerConnection,
        RTCRtpReceiver,
        RTCSctpTransport {
  private static final Registration[] NONE = {};
  private static final System.Logger LOGGER = System.getLogger(EventTarget.class.getName());

  /// @param handler whether this is the one listener that `onFoo` sets
  private record Registration(String type, EventListener<?> listener, boolean handler) {}

  /// Replaced as a whole under the lock, read without it.
  private volatile Registration[] registrations = NONE;

  EventTarget() {}

  /// Adds a listener; adding the same one twice for the same type does nothing.
  ///
  /// @param <E> the class of this type's events, for example [RTCPeerConnectionIceEvent] for
  ///   `icecandidate`
  public final <E extends Event> void addEventListener(String type, EventListener<E> listener) {
    synchronized (this) {
      for (Registration each : registrations) {
        if (!each.handler && each.type.equals(type) && each.listener.equals(listener)) {
          return;
        }
      }
      append(new Registration(type, listener, false));
    }
    listenersChanged(type);
  }

  /// Removes a listener; one that is not there is no error.
  public final <E extends Event> void removeEventListener(String type, EventListener<E> listener) {
    synchronized (this) {
      List<Registration> kept = new ArrayList<>(Arrays.asList(registrations));
      kept.removeIf(
          each -> !each.handler && each.type.equals(type) && each.listener.equals(listener));
      registrations = kept.toArray(NONE);
    }
    listenersChanged(type);
  }

  /// Sets, replaces or (with null) clears the handler of a type. A replaced handler keeps its place
  /// in the order, HTML §8.1.8.1.
  final <E extends Event> void handler(String type, @Nullable EventListener<E> listener) {
    synchronized (this) {
      int index = handlerIndex(type);
      if (listener == null) {
        if (index >= 0) {
          List<Registration> kept = new ArrayList<>(Arrays.asList(registrations));
          kept.remove(index);
          registrations = kept.toArray(NONE);
        }
      } else if (index >= 0) {
        Registration[] copy = registrations.clone();
        copy[index] = new Registration(type, listener, true);
        registrations = copy;
      } else {
        append(new Registration(type, listener, true));
      }
    }
    listenersChanged(type);
  }

  private int handlerIndex(String type) {
    for (int i = 0; i < registrations.length; i++) {
      if (registrations[i].handler && registrations[i].type.equals(type)) {
        return i;
      }
    }
    return -1;
  }

  private void append(Registration registration) {
    Registration[] copy = Arrays.copyOf(registrations, registrations.length + 1);
    copy[copy.length - 1] = registration;
    registrations = copy;
  }

  /// Called after a listener of `type` came or went, on the caller's thread.
  void listenersChanged(String type) {}

  final boolean hasListener(String type) {
    for (Registration each : registrations) {
      if (each.type.equals(type)) {
        return true;
      }
    }
    return false;
  }

  /// Called before an event's listeners, on the connection's executor.
  void dispatching(Event event) {}

  /// Runs the listeners of the event's type, on the connection's executor.
  @SuppressWarnings("unchecked")
  final void dispatchEvent(Event event) {
    event.target(this);
    dispatching(event);
    for (Registration each : registrations) {
      if (each.type.equals(event.type())) {
        try {
          ((EventListener<Event>) each.listener).handleEvent(event);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        } catch (Throwable e) {
          LOGGER.log(Level.ERROR, "a listener of " + event.type() + " failed", e);
        }
      }
    }
  }
}
