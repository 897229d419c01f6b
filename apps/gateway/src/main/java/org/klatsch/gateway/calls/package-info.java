/// Calls: a B2BUA (RFC 3261 §6) with two dialogs, joined by a [CallSession] that a virtual thread
/// of its own serves. A *leg* is one of the dialogs with its media; a *branch* is a leg that is
/// still being called.
///
/// RFC 3261, 3262, 3264, 3515, 4028, 6086.
@NullMarked
package org.klatsch.gateway.calls;

import org.jspecify.annotations.NullMarked;
