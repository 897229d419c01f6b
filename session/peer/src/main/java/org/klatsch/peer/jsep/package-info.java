/// Offers and answers: JSEP, RFC 9429, with the error kinds of the W3C's `RTCPeerConnection`, as a
/// pure object. It turns descriptions into the parameter records of `org.klatsch.peer` and back,
/// and holds nothing else: no packets, no timers, no threads.
///
/// The way through it: [Jsep] keeps the signaling state ([Descriptions]) and the transceivers;
/// `OfferWriter` and `AnswerWriter` write (§5.2, §5.3), with `MediaWriter` for what is about media;
/// `RemoteCheck` refuses what cannot be applied (§5.8); `Agreement` and `MediaAgreement` read from
/// a local and a remote description what they put into force (§5.9 to §5.11); `Section` knows where
/// an m-section inherits its transport attributes from.
///
/// Which media can be negotiated is [MediaCapabilities]; a kind without codecs is rejected.
///
/// Deviations: the DTLS role of an association that goes on is kept whatever a later answer says;
/// one transport carries everything, and its attributes stand in every section.
@NullMarked
package org.klatsch.peer.jsep;

import org.jspecify.annotations.NullMarked;
