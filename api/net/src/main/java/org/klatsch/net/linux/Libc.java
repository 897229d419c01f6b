package org.klatsch.net.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.net.BindException;
import java.net.SocketException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The calls of the C library that the backend makes, and the numbers of Linux they take.
///
/// Every call but [#wake] takes a segment of [#ERRNO] first, where the error number is left.
final class Libc {
  static final int AF_INET = 2;
  static final int AF_INET6 = 10;
  static final int AF_NETLINK = 16;
  static final int SOCK_DGRAM = 2;
  static final int SOCK_RAW = 3;
  static final int SOCK_NONBLOCK = 0x800;
  static final int SOCK_CLOEXEC = 0x80000;

  static final int SOL_SOCKET = 1;
  static final int SO_SNDBUF = 7;
  static final int SO_RCVBUF = 8;
  static final int SO_REUSEPORT = 15;
  static final int SO_SNDBUFFORCE = 32;
  static final int SO_RCVBUFFORCE = 33;

  static final int IPPROTO_IP = 0;
  static final int IP_TOS = 1;
  static final int IP_MTU_DISCOVER = 10;
  static final int IP_RECVTOS = 13;
  static final int IP_MULTICAST_IF = 32;
  static final int IP_MULTICAST_TTL = 33;
  static final int IPPROTO_IPV6 = 41;
  static final int IPV6_MULTICAST_IF = 17;
  static final int IPV6_MULTICAST_HOPS = 18;
  static final int IPV6_MTU_DISCOVER = 23;
  static final int IPV6_V6ONLY = 26;
  static final int IPV6_RECVTCLASS = 66;
  static final int IPV6_TCLASS = 67;

  /// Sets DF and ignores the path MTU the kernel believes in.
  static final int PMTUDISC_PROBE = 3;

  static final int SOL_UDP = 17;
  static final int UDP_SEGMENT = 103;
  static final int UDP_GRO = 104;

  static final int EPOLL_CLOEXEC = 0x80000;
  static final int EPOLL_CTL_ADD = 1;
  static final int EPOLL_CTL_DEL = 2;
  static final int EPOLL_CTL_MOD = 3;
  static final int EPOLLIN = 1;
  static final int EPOLLOUT = 4;
  static final int EFD_NONBLOCK = 0x800;
  static final int EFD_CLOEXEC = 0x80000;
  static final int MSG_TRUNC = 0x20;
  static final int MSG_DONTWAIT = 0x40;

  static final int EINTR = 4;
  static final int EIO = 5;
  static final int EAGAIN = 11;
  static final int EINVAL = 22;
  static final int ENOSYS = 38;
  static final int EADDRINUSE = 98;
  static final int EADDRNOTAVAIL = 99;

  private static final Linker LINKER = Linker.nativeLinker();

  /// Where a call leaves `errno`.
  static final StructLayout ERRNO = Linker.Option.captureStateLayout();

  private static final VarHandle ERRNO_VALUE =
      ERRNO.varHandle(MemoryLayout.PathElement.groupElement("errno"));

  private static final MethodHandle SOCKET = find("socket", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT);
  private static final MethodHandle BIND = find("bind", JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
  private static final MethodHandle GETSOCKNAME =
      find("getsockname", JAVA_INT, JAVA_INT, ADDRESS, ADDRESS);
  private static final MethodHandle SETSOCKOPT =
      find("setsockopt", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
  private static final MethodHandle CLOSE = find("close", JAVA_INT, JAVA_INT);
  private static final MethodHandle READ = find("read", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG);
  private static final MethodHandle WRITE =
      LINKER.downcallHandle(
          LINKER.defaultLookup().findOrThrow("write"),
          FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));
  private static final MethodHandle EVENTFD = find("eventfd", JAVA_INT, JAVA_INT, JAVA_INT);
  private static final MethodHandle EPOLL_CREATE1 = find("epoll_create1", JAVA_INT, JAVA_INT);
  private static final MethodHandle EPOLL_CTL =
      find("epoll_ctl", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS);
  private static final MethodHandle EPOLL_WAIT =
      find("epoll_wait", JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT);
  private static final MethodHandle SENDMMSG =
      find("sendmmsg", JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT);
  private static final MethodHandle RECVMMSG =
      find("recvmmsg", JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT, ADDRESS);
  private static final MethodHandle POLL = find("poll", JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT);

  /// Waits counted in nanoseconds: glibc 2.35 and Linux 5.11.
  private static final @Nullable MethodHandle EPOLL_PWAIT2 = findEpollPwait2();

  private Libc() {}

  private static MethodHandle find(String name, MemoryLayout result, MemoryLayout... arguments) {
    return LINKER.downcallHandle(
        LINKER.defaultLookup().findOrThrow(name),
        FunctionDescriptor.of(result, arguments),
        Linker.Option.captureCallState("errno"));
  }

  private static @Nullable MethodHandle findEpollPwait2() {
    Optional<MemorySegment> symbol = LINKER.defaultLookup().find("epoll_pwait2");
    if (symbol.isEmpty()) {
      return null;
    }
    return LINKER.downcallHandle(
        symbol.get(),
        FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, ADDRESS, ADDRESS),
        Linker.Option.captureCallState("errno"));
  }

  static int errno(MemorySegment errno) {
    return (int) ERRNO_VALUE.get(errno, 0L);
  }

  static int socket(MemorySegment errno, int domain, int type, int protocol) {
    try {
      return (int) SOCKET.invokeExact(errno, domain, type, protocol);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  static int bind(MemorySegment errno, int fd, MemorySegment address, int length) {
    try {
      return (int) BIND.invokeExact(errno, fd, address, length);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  static int getsockname(MemorySegment errno, int fd, MemorySegment address, MemorySegment length) {
    try {
      return (int) GETSOCKNAME.invokeExact(errno, fd, address, length);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  static int setsockopt(
      MemorySegment errno, int fd, int level, int option, MemorySegment value, int length) {
    try {
      return (int) SETSOCKOPT.invokeExact(errno, fd, level, option, value, length);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  static int close(MemorySegment errno, int fd) {
    try {
      return (int) CLOSE.invokeExact(errno, fd);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  static long read(MemorySegment errno, int fd, MemorySegment buffer, long length) {
    try {
      return (long) READ.invokeExact(errno, fd, buffer, length);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /// Adds one to an eventfd; what goes wrong does not matter, as then it is already above zero.
  static void wake(int fd, MemorySegment one) {
    try {
      long written = (long) WRITE.invokeExact(fd, one, 8L);
      assert written == 8 || written == -1;
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  static int eventfd(MemorySegment errno, int initial, int flags) {
    try {
      return (int) EVENTFD.invokeExact(errno, initial, flags);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  static int epollCreate1(MemorySegment errno, int flags) {
    try {
      return (int) EPOLL_CREATE1.invokeExact(errno, flags);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  static int epollCtl(MemorySegment errno, int epoll, int operation, int fd, MemorySegment event) {
    try {
      return (int) EPOLL_CTL.invokeExact(errno, epoll, operation, fd, event);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  static int epollWait(MemorySegment errno, int epoll, MemorySegment events, int max, int millis) {
    try {
      return (int) EPOLL_WAIT.invokeExact(errno, epoll, events, max, millis);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  static boolean hasEpollPwait2() {
    return EPOLL_PWAIT2 != null;
  }

  /// @param timeout a `struct timespec`, or NULL for no limit
  static int epollPwait2(
      MemorySegment errno, int epoll, MemorySegment events, int max, MemorySegment timeout) {
    MethodHandle handle = EPOLL_PWAIT2;
    if (handle == null) {
      throw new IllegalStateException("epoll_pwait2 is not in this C library");
    }
    try {
      return (int) handle.invokeExact(errno, epoll, events, max, timeout, MemorySegment.NULL);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  static int sendmmsg(MemorySegment errno, int fd, MemorySegment messages, int count, int flags) {
    try {
      return (int) SENDMMSG.invokeExact(errno, fd, messages, count, flags);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  static int recvmmsg(MemorySegment errno, int fd, MemorySegment messages, int count, int flags) {
    try {
      return (int) RECVMMSG.invokeExact(errno, fd, messages, count, flags, MemorySegment.NULL);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  static int poll(MemorySegment errno, MemorySegment descriptors, long count, int millis) {
    try {
      return (int) POLL.invokeExact(errno, descriptors, count, millis);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /// The exception of java.net for an error number.
  static IOException failure(String what, int errno) {
    return switch (errno) {
      case EADDRINUSE -> new BindException(what + ": address already in use");
      case EADDRNOTAVAIL -> new BindException(what + ": no address of this machine");
      default -> new SocketException(what + " failed with error number " + errno);
    };
  }

  private static IllegalStateException unexpected(Throwable e) {
    if (e instanceof Error error) {
      throw error;
    }
    if (e instanceof RuntimeException runtime) {
      throw runtime;
    }
    return new IllegalStateException("a system call threw", e);
  }
}
