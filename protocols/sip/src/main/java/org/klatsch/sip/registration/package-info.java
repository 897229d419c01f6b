/// Registration of an address with somebody else's registrar, RFC 3261 §10.2: refreshed before it
/// expires, renewed after failures with the waits of RFC 5626 §4.5.
@NullMarked
package org.klatsch.sip.registration;

import org.jspecify.annotations.NullMarked;
