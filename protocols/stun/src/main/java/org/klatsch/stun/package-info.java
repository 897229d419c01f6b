/// STUN messages, attributes, integrity and transactions (RFC 8489).
@NullMarked
package org.klatsch.stun;

import org.jspecify.annotations.NullMarked;
