/// Room client and the file-transfer protocol.
@NullMarked
package org.klatsch.rooms;

import org.jspecify.annotations.NullMarked;
