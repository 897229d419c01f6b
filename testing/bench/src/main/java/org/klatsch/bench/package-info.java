/// Benchmarks of whole processes against other stacks, see `docs/benchmarks.md`.
@NullMarked
package org.klatsch.bench;

import org.jspecify.annotations.NullMarked;
