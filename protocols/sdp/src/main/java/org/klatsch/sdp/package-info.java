/// SDP, RFC 8866: the grammar of descriptions and a type for every attribute that JSEP (RFC 9429)
/// names. Values only: nothing here knows a session, an agent or a transport.
///
/// [SessionDescription#parse(String)] reads, `toString()` writes. Reading is tolerant and bounded
/// ([SdpLimits]); writing is strict: CRLF, the RFC's order, and no value can hold a line break,
/// because every record checks its fields.
///
/// Glossary: an *m-section* is an `m=` line with all that follows it up to the next; *session
/// level* is what stands before the first; the *tag* of a BUNDLE group is the first mid named.
///
/// Deviations: attributes that only media need are kept as text when their value does not follow
/// the grammar ([OtherAttribute]); characters of `ice-ufrag` and `ice-pwd` are not checked.
@NullMarked
package org.klatsch.sdp;

import org.jspecify.annotations.NullMarked;
