/// Sends a peer connection's tracks to a streaming server and plays streams from one: the client
/// half of WHIP (RFC 9725) and WHEP (draft-ietf-wish-whep).
///
/// *The endpoint* is where a session is asked for, *the resource* what the server makes of it: the
/// place for candidates, restarts and the end.
@NullMarked
package org.klatsch.whip;

import org.jspecify.annotations.NullMarked;
