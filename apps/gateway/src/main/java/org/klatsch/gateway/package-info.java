/// The SIP gateway: browsers that speak SIP over WebSocket (RFC 7118) call, and are called from,
/// telephones, PBXs and trunks.
///
/// RFC 3261, 3263, 7118.
@NullMarked
package org.klatsch.gateway;

import org.jspecify.annotations.NullMarked;
