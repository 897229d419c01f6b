/// ICE agent, candidates, check lists and consent (RFC 8445).
@NullMarked
package org.klatsch.ice;

import org.jspecify.annotations.NullMarked;
