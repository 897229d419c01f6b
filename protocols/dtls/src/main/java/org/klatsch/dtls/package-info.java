/// DTLS, use_srtp, exporters and certificates (RFC 6347).
@NullMarked
package org.klatsch.dtls;

import org.jspecify.annotations.NullMarked;
