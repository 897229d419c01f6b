/// Web page, signalling and rooms.
@NullMarked
package org.klatsch.server;

import org.jspecify.annotations.NullMarked;
