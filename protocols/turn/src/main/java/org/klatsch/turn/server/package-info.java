/// The relay of TURN, RFC 8656: allocations, permissions and channels as one protocol core, and the
/// rules about who may relay to whom.
///
/// The core opens relay ports through [RelayPorts]; apart from that it is as sans-IO as all others.
/// What strangers can make it do is of constant size and costs no memory beyond capped tables.
@NullMarked
package org.klatsch.turn.server;

import org.jspecify.annotations.NullMarked;
