/// Multicast DNS as far as ICE needs it: questions for the addresses behind `.local` names and
/// their answers, RFC 6762, RFC 1035 §4 and draft-ietf-mmusic-mdns-ice-candidates. The socket is
/// the driver's.
@NullMarked
package org.klatsch.ice.mdns;

import org.jspecify.annotations.NullMarked;
