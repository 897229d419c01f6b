/// What the part `sip` of the configuration says: domains with their users, routes, trunks.
@NullMarked
package org.klatsch.gateway.config;

import org.jspecify.annotations.NullMarked;
