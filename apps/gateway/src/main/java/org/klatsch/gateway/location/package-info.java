/// Who can be reached where: the registrar (RFC 3261 §10) and its bindings.
@NullMarked
package org.klatsch.gateway.location;

import org.jspecify.annotations.NullMarked;
