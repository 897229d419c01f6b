/// Programs of the user guide, as short as they can be. Each is shown in a page of `docs/`.
@NullMarked
package org.klatsch.examples;

import org.jspecify.annotations.NullMarked;
