/// The `klatsch` command: one class per subcommand, straight-line and blocking.
///
/// Results go to standard output, as text or with `--json` as one JSON object per line; everything
/// else goes to standard error. A failure is one line and an [org.klatsch.cli.ExitCode].
@NullMarked
package org.klatsch.cli;

import org.jspecify.annotations.NullMarked;
