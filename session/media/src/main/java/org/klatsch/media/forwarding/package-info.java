/// Forwarding of media without decoding it: what everybody sends to a [ForwardingUnit] goes to all
/// who subscribe to it, RFC 7667 §3.7. Each packet is kept once; a receiver gets the layers that
/// his path bears, RFC 8853, with numbers of his own that make one stream of them.
///
/// Glossary: an *encoding* is a stream of a simulcast; a *layer* is an encoding, or a spatial layer
/// of a scalable one; *the dominant speaker* is who leads the conversation at present.
@NullMarked
package org.klatsch.media.forwarding;

import org.jspecify.annotations.NullMarked;
