package org.klatsch.net.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;
import org.klatsch.net.io.IoBackend;
import org.klatsch.net.io.SocketCounters;
import org.klatsch.net.io.SocketOptions;
import org.klatsch.net.io.UdpSocket;
import org.klatsch.sansio.TransmitBuffer;
import org.klatsch.sansio.TransportAddress;

/// A UDP socket that sends runs of equal packets as one large segment list (UDP_SEGMENT) and
/// receives such lists whole (UDP_GRO), many of them in one call, with ECN both ways.
///
/// Offload is given up for the socket when the network device refuses it (EIO), and for packets of
/// a size the path refuses (EINVAL); the same packets then go one by one.
final class LinuxUdpSocket implements UdpSocket {
  /// The largest payload of one UDP datagram, which a segment list may not exceed either.
  private static final int MAX_BURST_BYTES = 65_507;

  private final LinuxBackend backend;
  private final int token;
  private final IoBackend.@Nullable Readiness readiness;
  private final TransportAddress local;
  private final SocketCounters counters = new SocketCounters();
  private final int segmentsPerBurst;
  private int fd;
  private int trafficClass;
  private boolean segmentation;

  /// Packets above this size are not offloaded.
  private int maxSegment = MAX_BURST_BYTES;

  LinuxUdpSocket(
      LinuxBackend backend,
      int token,
      TransportAddress local,
      SocketOptions options,
      IoBackend.@Nullable Readiness readiness)
      throws IOException {
    this.backend = backend;
    this.token = token;
    this.readiness = readiness;
    this.segmentsPerBurst = options.segmentsPerBurst();
    int type = Libc.SOCK_DGRAM | Libc.SOCK_NONBLOCK | Libc.SOCK_CLOEXEC;
    int family = local.isIpv4() ? Libc.AF_INET : Libc.AF_INET6;
    this.fd = backend.check(Libc.socket(backend.errno(), family, type, 0), "socket");
    try {
      configure(local, options);
      this.local = bind(local);
    } catch (IOException | RuntimeException e) {
      backend.closeQuietly(fd);
      throw e;
    }
  }

  private void configure(TransportAddress address, SocketOptions options) throws IOException {
    if (options.reusePort()) {
      backend.check(set(Libc.SOL_SOCKET, Libc.SO_REUSEPORT, 1), "SO_REUSEPORT");
    }
    // A privileged process gets what it asks for, others what the system allows.
    if (options.sendBufferBytes() > 0
        && set(Libc.SOL_SOCKET, Libc.SO_SNDBUFFORCE, options.sendBufferBytes()) < 0) {
      set(Libc.SOL_SOCKET, Libc.SO_SNDBUF, options.sendBufferBytes());
    }
    if (options.receiveBufferBytes() > 0
        && set(Libc.SOL_SOCKET, Libc.SO_RCVBUFFORCE, options.receiveBufferBytes()) < 0) {
      set(Libc.SOL_SOCKET, Libc.SO_RCVBUF, options.receiveBufferBytes());
    }
    if (address.isIpv4()) {
      set(Libc.IPPROTO_IP, Libc.IP_RECVTOS, 1);
    } else {
      backend.check(set(Libc.IPPROTO_IPV6, Libc.IPV6_V6ONLY, 1), "IPV6_V6ONLY");
      set(Libc.IPPROTO_IPV6, Libc.IPV6_RECVTCLASS, 1);
    }
    if (options.dontFragment()) {
      set(
          address.isIpv4() ? Libc.IPPROTO_IP : Libc.IPPROTO_IPV6,
          address.isIpv4() ? Libc.IP_MTU_DISCOVER : Libc.IPV6_MTU_DISCOVER,
          Libc.PMTUDISC_PROBE);
    }
    if (options.offload()) {
      // Size 0 changes nothing, but only a kernel that knows the option accepts it.
      segmentation = set(Libc.SOL_UDP, Libc.UDP_SEGMENT, 0) == 0;
      set(Libc.SOL_UDP, Libc.UDP_GRO, 1);
    }
  }

  private int set(int level, int name, int value) {
    backend.option.set(JAVA_INT, 0, value);
    return Libc.setsockopt(backend.errno(), fd, level, name, backend.option, 4);
  }

  private TransportAddress bind(TransportAddress address) throws IOException {
    int length = SockAddr.write(backend.name, 0, address, address.scopeId());
    backend.check(Libc.bind(backend.errno(), fd, backend.name, length), "bind to " + address);
    backend.option.set(JAVA_INT, 0, SockAddr.SIZE);
    backend.check(
        Libc.getsockname(backend.errno(), fd, backend.name, backend.option), "getsockname");
    return address.withPort(SockAddr.port(backend.name, 0));
  }

  int fd() {
    return fd;
  }

  int token() {
    return token;
  }

  IoBackend.@Nullable Readiness readiness() {
    return readiness;
  }

  @Override
  public TransportAddress local() {
    return local;
  }

  @Override
  public int receive(int maxPackets, Receiver receiver) {
    MessageVector messages = backend.incoming;
    int count = 0;
    // The receiver may close this socket.
    while (count < maxPackets && fd >= 0) {
      messages.beginReceive(messages.capacity);
      int got =
          Libc.recvmmsg(
              backend.errno(), fd, messages.headers, messages.capacity, Libc.MSG_DONTWAIT);
      counters.receiveCalls++;
      for (int i = 0; i < got; i++) {
        count += deliver(messages, i, receiver);
      }
      if (got < messages.capacity) {
        break;
      }
    }
    return count;
  }

  private int deliver(MessageVector messages, int index, Receiver receiver) {
    int length = messages.received(index);
    if (messages.isTruncated(index)) {
      counters.receivesTruncated++;
      return 1;
    }
    TransportAddress remote = backend.addresses.read(messages.names, messages.nameAt(index));
    int tos =
        local.isIpv4()
            ? messages.control(index, Libc.IPPROTO_IP, Libc.IP_TOS)
            : messages.control(index, Libc.IPPROTO_IPV6, Libc.IPV6_TCLASS);
    int ecn = tos < 0 ? 0 : tos & 3;
    int segment = messages.control(index, Libc.SOL_UDP, Libc.UDP_GRO);
    byte[] packet = backend.packet;
    MemorySegment.copy(
        backend.incomingBytes, JAVA_BYTE, (long) index * packet.length, packet, 0, length);
    counters.bytesReceived += length;
    if (segment <= 0 || segment >= length) {
      counters.packetsReceived++;
      receiver.packet(remote, ecn, packet, 0, length);
      return 1;
    }
    int count = 0;
    for (int at = 0; at < length; at += segment) {
      count++;
      receiver.packet(remote, ecn, packet, at, Math.min(segment, length - at));
    }
    counters.packetsReceived += count;
    counters.segmentsReceived += count;
    return count;
  }

  @Override
  public int send(TransmitBuffer out, int from, int to) {
    int next = from;
    while (next < to && fd >= 0) {
      int messages = fill(out, next, to);
      if (messages == 0) {
        // The packet cannot be sent by this socket at all.
        counters.sendsRefused++;
        next++;
        continue;
      }
      int end = backend.firstPackets[messages];
      int reached = sendMessages(out, messages);
      if (reached < end) {
        return reached;
      }
      next = end;
    }
    return to;
  }

  /// Makes messages of the packets from `from` on, and copies their bytes out of the heap.
  ///
  /// @return how many messages; message `i` carries the packets from `firstPackets[i]` to
  ///   `firstPackets[i + 1]`
  private int fill(TransmitBuffer out, int from, int to) {
    MessageVector messages = backend.outgoing;
    long base = backend.outgoingBytes.address();
    int start = out.packetOffset(from);
    int room = (int) backend.outgoingBytes.byteSize();
    int count = 0;
    int packet = from;
    int bytes = 0;
    while (packet < to && count < messages.capacity) {
      TransportAddress remote = out.packetRemote(packet);
      if (remote == null || remote.isIpv4() != local.isIpv4() || remote.port() == 0) {
        break;
      }
      int size = out.packetLength(packet);
      int offset = out.packetOffset(packet) - start;
      if (offset + size > room) {
        break;
      }
      int ecn = out.packetEcn(packet);
      int end = packet + 1;
      int length = size;
      if (segmentation && size > 0 && size <= maxSegment) {
        int last = size;
        while (end < to
            && last == size
            && end - packet < segmentsPerBurst
            && out.packetLength(end) > 0
            && out.packetLength(end) <= size
            && length + out.packetLength(end) <= MAX_BURST_BYTES
            && offset + length + out.packetLength(end) <= room
            && out.packetEcn(end) == ecn
            && remote.equals(out.packetRemote(end))) {
          last = out.packetLength(end);
          length += last;
          end++;
        }
      }
      messages.begin(
          count, SockAddr.write(messages.names, messages.nameAt(count), remote, local.scopeId()));
      messages.data(count, base + offset, length);
      if (end - packet > 1) {
        messages.addControl(count, Libc.SOL_UDP, Libc.UDP_SEGMENT, 2, size);
      }
      if (ecn != 0) {
        addEcn(messages, count, ecn);
      }
      backend.firstPackets[count++] = packet;
      packet = end;
      bytes = offset + length;
    }
    backend.firstPackets[count] = packet;
    MemorySegment.copy(out.array(), start, backend.outgoingBytes, JAVA_BYTE, 0, bytes);
    return count;
  }

  private void addEcn(MessageVector messages, int index, int ecn) {
    if (local.isIpv4()) {
      messages.addControl(index, Libc.IPPROTO_IP, Libc.IP_TOS, 4, trafficClass | ecn);
    } else {
      messages.addControl(index, Libc.IPPROTO_IPV6, Libc.IPV6_TCLASS, 4, trafficClass | ecn);
    }
  }

  /// Sends the messages that [#fill] made.
  ///
  /// @return the index of the first packet there was no room for, or of the one behind the last
  private int sendMessages(TransmitBuffer out, int count) {
    MessageVector messages = backend.outgoing;
    int sent = 0;
    while (sent < count) {
      int done =
          Libc.sendmmsg(backend.errno(), fd, messages.from(sent), count - sent, Libc.MSG_DONTWAIT);
      counters.sendCalls++;
      if (done > 0) {
        for (int i = sent; i < sent + done; i++) {
          countSent(out, backend.firstPackets[i], backend.firstPackets[i + 1]);
        }
        sent += done;
        continue;
      }
      int error = Libc.errno(backend.errno());
      int first = backend.firstPackets[sent];
      int end = backend.firstPackets[sent + 1];
      if (error == Libc.EAGAIN) {
        counters.unwritable++;
        return first;
      }
      if (error == Libc.EINTR) {
        continue;
      }
      if (end - first > 1 && (error == Libc.EIO || error == Libc.EINVAL)) {
        // The device or the path refuses offload: the rest is made anew, without.
        if (error == Libc.EIO) {
          segmentation = false;
        } else {
          maxSegment = Math.min(maxSegment, out.packetLength(first) - 1);
        }
        return send(out, first, backend.firstPackets[count]);
      }
      counters.sendsRefused += end - first;
      sent++;
    }
    return backend.firstPackets[count];
  }

  private void countSent(TransmitBuffer out, int from, int to) {
    counters.packetsSent += to - from;
    if (to - from > 1) {
      counters.segmentsSent += to - from;
    }
    for (int i = from; i < to; i++) {
      counters.bytesSent += out.packetLength(i);
    }
  }

  @Override
  public void awaitWritable(boolean wanted) {
    if (fd >= 0) {
      backend.interest(this, wanted);
    }
  }

  @Override
  public void dscp(int codePoint) throws IOException {
    int value = codePoint << 2;
    backend.check(
        local.isIpv4()
            ? set(Libc.IPPROTO_IP, Libc.IP_TOS, value)
            : set(Libc.IPPROTO_IPV6, Libc.IPV6_TCLASS, value),
        "traffic class");
    trafficClass = value;
  }

  @Override
  public void multicastFrom(int interfaceIndex) throws IOException {
    if (local.isIpv4()) {
      backend.check(set(Libc.IPPROTO_IP, Libc.IP_MULTICAST_TTL, 255), "IP_MULTICAST_TTL");
      // struct ip_mreqn: group, local address, interface index.
      backend.name.fill((byte) 0);
      backend.name.set(JAVA_INT, 8, interfaceIndex);
      backend.check(
          Libc.setsockopt(
              backend.errno(), fd, Libc.IPPROTO_IP, Libc.IP_MULTICAST_IF, backend.name, 12),
          "IP_MULTICAST_IF");
    } else {
      backend.check(set(Libc.IPPROTO_IPV6, Libc.IPV6_MULTICAST_HOPS, 255), "IPV6_MULTICAST_HOPS");
      backend.check(
          set(Libc.IPPROTO_IPV6, Libc.IPV6_MULTICAST_IF, interfaceIndex), "IPV6_MULTICAST_IF");
    }
  }

  @Override
  public SocketCounters counters() {
    return counters;
  }

  @Override
  public void close() {
    if (fd >= 0) {
      // Closing takes the descriptor out of the epoll set too, as nothing else refers to it.
      backend.closeQuietly(fd);
      fd = -1;
      backend.closed(this);
    }
  }
}
