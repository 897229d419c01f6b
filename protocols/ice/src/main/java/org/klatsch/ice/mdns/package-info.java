/// Multicast DNS as far as ICE needs it: questions for the addresses behind `.local` names, and
/// answers for names of our own, RFC 6762, RFC 1035 §4 and draft-ietf-mmusic-mdns-ice-candidates.
/// The sockets are the driver's. Deviates from RFC 6762 §8.1, §8.3: see [MdnsResponder].
@NullMarked
package org.klatsch.ice.mdns;

import org.jspecify.annotations.NullMarked;
