/// Certificates of the server's TLS: read from PEM files (RFC 7468) or made and kept (RFC 5280).
@NullMarked
package org.klatsch.server.tls;

import org.jspecify.annotations.NullMarked;
