/// The Linux backend: sockets, epoll and eventfd by system calls through java.lang.foreign, for
/// what java.nio does not offer: segmentation offload (UDP_SEGMENT, UDP_GRO), many datagrams a
/// call, ECN, waits shorter than a millisecond.
///
/// Layouts are those of the 64-bit Linux ABI, the same on x86-64 and aarch64 except for `struct
/// epoll_event`. All memory belongs to arenas of the loop and is freed after its last call; used
/// only where native access is enabled for this module. Not exported.
@NullMarked
package org.klatsch.net.linux;

import org.jspecify.annotations.NullMarked;
