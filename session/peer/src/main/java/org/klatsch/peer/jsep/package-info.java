/// Offers and answers: JSEP, RFC 9429, with the error kinds of the W3C's `RTCPeerConnection`, as a
/// pure object. It turns descriptions into the parameter records of `org.klatsch.peer` and back,
/// and holds nothing else: no packets, no timers, no threads.
///
/// The way through it: [Jsep] keeps the signaling state ([Descriptions]); `DescriptionWriter`
/// writes offers and answers (§5.2, §5.3); `RemoteCheck` refuses what cannot be applied (§5.8);
/// `Agreement` reads from a local and a remote description what they put into force (§5.9 to
/// §5.11); `Section` knows where an m-section inherits its transport attributes from.
///
/// Sections for audio and video are rejected and keep their place in the list.
///
/// Deviations: the DTLS role of an association that goes on is kept whatever a later answer says.
@NullMarked
package org.klatsch.peer.jsep;

import org.jspecify.annotations.NullMarked;
