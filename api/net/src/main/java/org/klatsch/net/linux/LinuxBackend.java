package org.klatsch.net.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.klatsch.net.io.IoBackend;
import org.klatsch.net.io.SocketOptions;
import org.klatsch.net.io.UdpSocket;
import org.klatsch.sansio.TransportAddress;

/// A loop's sockets on epoll, with an eventfd to wake it.
///
/// The scratch memory below is shared by the sockets of the loop: a turn uses one at a time.
public final class LinuxBackend implements IoBackend {
  private static final int MAX_EVENTS = 64;
  private static final int RECEIVE_MESSAGES = 16;
  private static final int SEND_MESSAGES = 64;

  /// The largest datagram, and the most that UDP_GRO coalesces.
  private static final int MESSAGE_ROOM = 1 << 16;

  private static final int SEND_ROOM = 1 << 18;

  /// `struct epoll_event` is packed on x86-64 only.
  private static final boolean PACKED = System.getProperty("os.arch").equals("amd64");

  private static final int EVENT_SIZE = PACKED ? 12 : 16;
  private static final int EVENT_DATA = PACKED ? 4 : 8;
  private static final long WAKE_TOKEN = -1;

  private final Arena arena = Arena.ofShared();
  private final MemorySegment errno = arena.allocate(Libc.ERRNO);
  private final MemorySegment events = arena.allocate((long) EVENT_SIZE * MAX_EVENTS, 8);
  private final MemorySegment event = arena.allocate(EVENT_SIZE, 8);
  private final MemorySegment timespec = arena.allocate(16, 8);
  private final MemorySegment word = arena.allocate(8, 8);
  private final MemorySegment one = arena.allocate(8, 8);

  // Scratch of the sockets.
  final MemorySegment option = arena.allocate(4, 4);
  final MemorySegment name = arena.allocate(SockAddr.SIZE, 8);
  final MessageVector outgoing = new MessageVector(arena, SEND_MESSAGES);
  final MemorySegment outgoingBytes = arena.allocate(SEND_ROOM, 64);
  final int[] firstPackets = new int[SEND_MESSAGES + 1];
  final MessageVector incoming = new MessageVector(arena, RECEIVE_MESSAGES);
  final MemorySegment incomingBytes = arena.allocate((long) MESSAGE_ROOM * RECEIVE_MESSAGES, 64);
  final byte[] packet = new byte[MESSAGE_ROOM];
  final SockAddr addresses = new SockAddr();

  private final int epoll;
  private final int wakeFd;
  private @Nullable LinuxUdpSocket[] sockets = new LinuxUdpSocket[16];
  private boolean precise = Libc.hasEpollPwait2();

  /// Guards the wake-up descriptor against its own closing: afterwards its number may be another's.
  private final ReentrantLock wakeLock = new ReentrantLock();

  private boolean closed;

  /// Whether this backend can run here without a warning.
  public static boolean isSupported() {
    String arch = System.getProperty("os.arch");
    return System.getProperty("os.name").equals("Linux")
        && (arch.equals("amd64") || arch.equals("aarch64"))
        && LinuxBackend.class.getModule().isNativeAccessEnabled();
  }

  public LinuxBackend() throws IOException {
    int created = -1;
    int waker = -1;
    try {
      one.set(JAVA_LONG, 0, 1);
      for (int i = 0; i < RECEIVE_MESSAGES; i++) {
        incoming.data(i, incomingBytes.address() + (long) i * MESSAGE_ROOM, MESSAGE_ROOM);
      }
      created = check(Libc.epollCreate1(errno, Libc.EPOLL_CLOEXEC), "epoll_create1");
      waker = check(Libc.eventfd(errno, 0, Libc.EFD_NONBLOCK | Libc.EFD_CLOEXEC), "eventfd");
      this.epoll = created;
      this.wakeFd = waker;
      control(Libc.EPOLL_CTL_ADD, waker, Libc.EPOLLIN, WAKE_TOKEN);
    } catch (IOException | RuntimeException e) {
      closeQuietly(created);
      closeQuietly(waker);
      arena.close();
      throw e;
    }
  }

  @Override
  public String name() {
    return "ffm";
  }

  MemorySegment errno() {
    return errno;
  }

  int check(int result, String what) throws IOException {
    if (result < 0) {
      throw Libc.failure(what, Libc.errno(errno));
    }
    return result;
  }

  void closeQuietly(int fd) {
    if (fd >= 0) {
      Libc.close(errno, fd);
    }
  }

  private void control(int operation, int fd, int interest, long token) throws IOException {
    event.set(JAVA_INT, 0, interest);
    event.set(JAVA_LONG_UNALIGNED, EVENT_DATA, token);
    check(Libc.epollCtl(errno, epoll, operation, fd, event), "epoll_ctl");
  }

  @Override
  public UdpSocket open(TransportAddress local, SocketOptions options, Readiness readiness)
      throws IOException {
    int token = 0;
    while (token < sockets.length && sockets[token] != null) {
      token++;
    }
    if (token == sockets.length) {
      sockets = Arrays.copyOf(sockets, token * 2);
    }
    LinuxUdpSocket socket = new LinuxUdpSocket(this, token, local, options, readiness);
    try {
      control(Libc.EPOLL_CTL_ADD, socket.fd(), Libc.EPOLLIN, token);
    } catch (IOException e) {
      socket.close();
      throw e;
    }
    sockets[token] = socket;
    return socket;
  }

  void interest(LinuxUdpSocket socket, boolean writable) {
    event.set(JAVA_INT, 0, writable ? Libc.EPOLLIN | Libc.EPOLLOUT : Libc.EPOLLIN);
    event.set(JAVA_LONG_UNALIGNED, EVENT_DATA, socket.token());
    // It can only fail for a descriptor that is not watched, which an open socket always is.
    Libc.epollCtl(errno, epoll, Libc.EPOLL_CTL_MOD, socket.fd(), event);
  }

  void closed(LinuxUdpSocket socket) {
    if (sockets[socket.token()] == socket) {
      sockets[socket.token()] = null;
    }
  }

  @Override
  public TransportAddress probe(TransportAddress local) throws IOException {
    SocketOptions plain = new SocketOptions(0, 0, false, false, false, 1);
    LinuxUdpSocket socket = new LinuxUdpSocket(this, 0, local, plain, null);
    TransportAddress bound = socket.local();
    closeQuietly(socket.fd());
    return bound;
  }

  @Override
  public boolean canReusePort() {
    return true;
  }

  @Override
  public void await(long nanos) throws IOException {
    int count = waitForEvents(nanos);
    if (count < 0) {
      int error = Libc.errno(errno);
      if (error == Libc.EINTR) {
        return;
      }
      throw Libc.failure("epoll_wait", error);
    }
    for (int i = 0; i < count; i++) {
      long at = (long) i * EVENT_SIZE;
      int ready = events.get(JAVA_INT, at);
      long token = events.get(JAVA_LONG_UNALIGNED, at + EVENT_DATA);
      if (token == WAKE_TOKEN) {
        Libc.read(errno, wakeFd, word, 8);
        continue;
      }
      // An earlier event of this round may have closed the socket, and another may have its place:
      // it is asked in vain then.
      LinuxUdpSocket socket = sockets[(int) token];
      Readiness readiness = socket == null ? null : socket.readiness();
      if (readiness != null && (ready & ~Libc.EPOLLOUT) != 0) {
        readiness.readable();
      }
      if (readiness != null && (ready & Libc.EPOLLOUT) != 0) {
        readiness.writable();
      }
    }
  }

  private int waitForEvents(long nanos) {
    if (nanos <= 0) {
      return Libc.epollWait(errno, epoll, events, MAX_EVENTS, 0);
    }
    if (precise) {
      MemorySegment limit = MemorySegment.NULL;
      if (nanos != Long.MAX_VALUE) {
        timespec.set(JAVA_LONG, 0, nanos / 1_000_000_000);
        timespec.set(JAVA_LONG, 8, nanos % 1_000_000_000);
        limit = timespec;
      }
      int count = Libc.epollPwait2(errno, epoll, events, MAX_EVENTS, limit);
      if (count >= 0 || Libc.errno(errno) != Libc.ENOSYS) {
        return count;
      }
      precise = false; // A C library newer than the kernel.
    }
    long millis =
        TimeUnit.NANOSECONDS.toMillis(Math.min(nanos, Long.MAX_VALUE - 999_999) + 999_999);
    int limit = nanos == Long.MAX_VALUE ? -1 : (int) Math.min(millis, Integer.MAX_VALUE);
    return Libc.epollWait(errno, epoll, events, MAX_EVENTS, limit);
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
    for (LinuxUdpSocket socket : sockets.clone()) {
      if (socket != null) {
        socket.close();
      }
    }
    closeQuietly(wakeFd);
    closeQuietly(epoll);
    arena.close();
  }
}
