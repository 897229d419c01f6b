/// Virtual-time network with NATs, seeded randomness, capture reader.
@NullMarked
package org.klatsch.testkit;

import org.jspecify.annotations.NullMarked;
