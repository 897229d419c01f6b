/// The server's HTTP and WebSocket surface on Jetty: page, health, metrics, `/api/v1/`, and `/ws`
/// with the subprotocol `rooms.v1` (RFC 6455), which hands messages to
/// [org.klatsch.server.rooms.Directory].
@NullMarked
package org.klatsch.server.http;

import org.jspecify.annotations.NullMarked;
