/// What video needs beside its packets: the history that lost ones are repeated from, the list of
/// those that are missing, and frames put together from what came.
@NullMarked
package org.klatsch.media.video;

import org.jspecify.annotations.NullMarked;
