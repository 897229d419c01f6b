/// The pattern every protocol core shares: timers, packets, addresses, serial numbers.
@NullMarked
package org.klatsch.sansio;

import org.jspecify.annotations.NullMarked;
