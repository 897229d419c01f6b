/// Streaming in and out with standard clients: WHIP (RFC 9725) and WHEP (draft-ietf-wish-whep),
/// with trickled candidates and ICE restarts by PATCH.
///
/// A *stream* has a name within its tenant, one publisher and any number of players. Each of them
/// is a *session*, a resource of its own that PATCH and DELETE go to.
@NullMarked
package org.klatsch.server.whip;

import org.jspecify.annotations.NullMarked;
