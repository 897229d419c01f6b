/// Writing of DER and of self-signed certificates (X.690, RFC 5280), and PEM text (RFC 7468): what
/// the JDK has no public API for.
@NullMarked
package org.klatsch.dtls.x509;

import org.jspecify.annotations.NullMarked;
