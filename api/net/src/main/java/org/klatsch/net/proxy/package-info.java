/// Connections through proxies: HTTP CONNECT (RFC 9110 §9.3.6, Basic authentication RFC 7617) and
/// SOCKS5 (RFC 1928, passwords RFC 1929). The conversation is a plain object without a socket.
@NullMarked
package org.klatsch.net.proxy;

import org.jspecify.annotations.NullMarked;
