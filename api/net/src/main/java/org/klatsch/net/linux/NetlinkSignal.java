package org.klatsch.net.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.klatsch.net.io.ChangeSignal;

/// Hears from the kernel by a route netlink socket that links, addresses or routes changed.
///
/// What changed is not read: the addresses are listed anew anyway.
public final class NetlinkSignal implements ChangeSignal {
  private static final int NETLINK_ROUTE = 0;

  /// RTMGRP_LINK, _IPV4_IFADDR, _IPV4_ROUTE, _IPV6_IFADDR, _IPV6_ROUTE.
  private static final int GROUPS = 0x1 | 0x10 | 0x40 | 0x100 | 0x400;

  /// `struct pollfd`: descriptor, then 16 bits asked and 16 bits answered.
  private static final int POLLFD = 8;

  private static final short POLLIN = 1;
  private static final int SCRATCH = 1 << 16;

  private final Arena arena = Arena.ofShared();
  private final MemorySegment errno = arena.allocate(Libc.ERRNO);
  private final MemorySegment scratch = arena.allocate(SCRATCH, 8);
  private final MemorySegment polled = arena.allocate(2 * POLLFD, 8);
  private final MemorySegment one = arena.allocate(8, 8);
  private final ReentrantLock wakeLock = new ReentrantLock();
  private final int fd;
  private final int wakeFd;
  private boolean closed;

  public NetlinkSignal() throws IOException {
    int type = Libc.SOCK_RAW | Libc.SOCK_NONBLOCK | Libc.SOCK_CLOEXEC;
    int socket = Libc.socket(errno, Libc.AF_NETLINK, type, NETLINK_ROUTE);
    int waker = Libc.eventfd(errno, 0, Libc.EFD_NONBLOCK | Libc.EFD_CLOEXEC);
    // struct sockaddr_nl: family, padding, port id (0: the kernel's choice), groups.
    scratch.set(JAVA_SHORT, 0, (short) Libc.AF_NETLINK);
    scratch.set(JAVA_INT, 4, 0);
    scratch.set(JAVA_INT, 8, GROUPS);
    if (socket < 0 || waker < 0 || Libc.bind(errno, socket, scratch, 12) < 0) {
      IOException failure = Libc.failure("netlink socket", Libc.errno(errno));
      closeBoth(socket, waker);
      arena.close();
      throw failure;
    }
    this.fd = socket;
    this.wakeFd = waker;
    one.set(JAVA_LONG, 0, 1);
    polled.set(JAVA_INT, 0, fd);
    polled.set(JAVA_SHORT, 4, POLLIN);
    polled.set(JAVA_INT, POLLFD, wakeFd);
    polled.set(JAVA_SHORT, POLLFD + 4, POLLIN);
  }

  @Override
  public void await(long nanos) {
    int millis = (int) Math.min(Integer.MAX_VALUE, TimeUnit.NANOSECONDS.toMillis(nanos) + 1);
    if (Libc.poll(errno, polled, 2, millis) > 0) {
      while (Libc.read(errno, fd, scratch, SCRATCH) > 0) {
        // One change makes several messages.
      }
      Libc.read(errno, wakeFd, scratch, 8);
    }
  }

  @Override
  public boolean tellsOfChanges() {
    return true;
  }

  @Override
  public void wakeUp() {
    wakeLock.lock();
    try {
      if (!closed) {
        Libc.wake(wakeFd, one);
      }
    } finally {
      wakeLock.unlock();
    }
  }

  @Override
  public void close() {
    wakeLock.lock();
    try {
      if (closed) {
        return;
      }
      closed = true;
    } finally {
      wakeLock.unlock();
    }
    closeBoth(fd, wakeFd);
    arena.close();
  }

  private void closeBoth(int first, int second) {
    if (first >= 0) {
      Libc.close(errno, first);
    }
    if (second >= 0) {
      Libc.close(errno, second);
    }
  }
}
