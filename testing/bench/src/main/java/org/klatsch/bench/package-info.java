/// Benchmarks against peers.
@NullMarked
package org.klatsch.bench;

import org.jspecify.annotations.NullMarked;
