/// Forwarding of video without decoding it: which of several encodings a receiver gets, and the
/// numbers that make one stream of them, RFC 8853 and RFC 7667 §3.7.
@NullMarked
package org.klatsch.media.forwarding;

import org.jspecify.annotations.NullMarked;
