/// The klatsch command.
@NullMarked
package org.klatsch.cli;

import org.jspecify.annotations.NullMarked;
