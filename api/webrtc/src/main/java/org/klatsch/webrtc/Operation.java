package org.klatsch.webrtc;

import org.jspecify.annotations.Nullable;
import org.klatsch.peer.jsep.JsepException;

/// A step of the operations chain, W3C WebRTC §4.4.1.2. Runs on the loop.
@FunctionalInterface
interface Operation<T extends @Nullable Object> {
  T run() throws JsepException;
}
