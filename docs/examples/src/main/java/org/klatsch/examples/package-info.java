/// The examples of the user guide.
@NullMarked
package org.klatsch.examples;

import org.jspecify.annotations.NullMarked;
