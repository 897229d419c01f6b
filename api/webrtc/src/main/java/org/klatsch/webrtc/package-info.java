/// The W3C's WebRTC API for connections that carry data: [RTCPeerConnection], [RTCDataChannel] and
/// their transports, with the W3C's names, states, errors and order of events.
///
/// How the W3C's JavaScript becomes Java: an attribute `foo` is the method `foo()`, a settable one
/// has `foo(value)` too; a promise is a `CompletableFuture`; the event handler `onfoo` is
/// `onFoo(listener)`, where null clears it; a dictionary is a record, an enum an enum whose
/// `toString` is the W3C's string; every exception is a [DOMException], also the W3C's `TypeError`,
/// `RangeError` and `SyntaxError`.
///
/// Threads: everything may be called from anywhere. Listeners run one after the other on the
/// executor of the [PeerConnectionFactory], virtual threads by default; the protocols live on the
/// event loops of `org.klatsch.net`, where [Connection] is their heart.
///
/// Specifications: W3C WebRTC (Recommendation of 2025), WebRTC Statistics, WebRTC Priority Control;
/// RFC 8831 and RFC 8832 for data channels, RFC 9429 for descriptions.
///
/// Deviation: a promise that is under way when its connection is closed is rejected; the W3C leaves
/// it pending, which in Java would leave a thread waiting for ever.
@NullMarked
package org.klatsch.webrtc;

import org.jspecify.annotations.NullMarked;
