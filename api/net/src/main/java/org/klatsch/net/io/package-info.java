/// Sockets as an event loop sees them: waiting, datagrams in, runs of datagrams out. Two backends
/// implement [org.klatsch.net.io.IoBackend]: java.nio here, and Linux system calls through
/// java.lang.foreign in `org.klatsch.net.linux`. Not exported.
@NullMarked
package org.klatsch.net.io;

import org.jspecify.annotations.NullMarked;
