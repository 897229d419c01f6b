/// DTLS 1.2 and 1.3, use_srtp, exporters and certificates (RFC 6347, RFC 9147).
@NullMarked
package org.klatsch.dtls;

import org.jspecify.annotations.NullMarked;
