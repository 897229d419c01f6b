package org.klatsch.server.media;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.eclipse.jetty.io.AbstractConnection;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;
import org.klatsch.net.CoreDriver;
import org.klatsch.net.PacketStream;
import org.klatsch.net.SharedPort;
import org.klatsch.sansio.TransmitBuffer;
import org.klatsch.sansio.TransportAddress;

/// ICE over TCP (RFC 6544, framed as in RFC 4571) on a connection that Jetty has accepted: its
/// first connectivity check tells which leg it is for. Bytes are read on Jetty's threads and taken
/// on the leg's loop, one piece after the other.
final class IceConnection extends AbstractConnection implements Connection.UpgradeTo, PacketStream {
  private static final int READ_BYTES = 16 * 1024;

  /// A first check is no longer than an Ethernet frame.
  private static final int MAX_FIRST_FRAME = 1500;

  /// What waits for a slow peer at most: half a second of a good picture. Media that is later is of
  /// no use.
  private static final int MAX_QUEUED = 256 * 1024;

  private final SharedPort port;
  private final TransportAddress local;
  private final TransportAddress remote;
  private final byte[] bytes = new byte[READ_BYTES];
  private final ByteBuffer buffer = ByteBuffer.wrap(bytes);
  private volatile @Nullable CoreDriver<?> driver;

  /// Bytes of frames that are not complete; of Jetty's thread until there is a driver, then of the
  /// loop.
  private byte[] pending = new byte[0];

  private byte[] filling = new byte[2048];
  private int filled;
  private boolean busy;

  IceConnection(SharedPort port, EndPoint endPoint, Executor executor) {
    super(endPoint, executor);
    this.port = port;
    this.local = address(endPoint.getLocalSocketAddress());
    this.remote = address(endPoint.getRemoteSocketAddress());
  }

  private static TransportAddress address(SocketAddress address) {
    InetSocketAddress inet = (InetSocketAddress) address;
    return TransportAddress.of(inet.getAddress().getAddress(), inet.getPort())
        .withProtocol(TransportAddress.Protocol.TCP);
  }

  @Override
  public TransportAddress local() {
    return local;
  }

  @Override
  public TransportAddress remote() {
    return remote;
  }

  /// What was read to find out that this is ICE.
  @Override
  public void onUpgradeTo(ByteBuffer prefilled) {
    byte[] copy = new byte[prefilled.remaining()];
    prefilled.get(copy);
    pending = copy;
  }

  @Override
  public void onOpen() {
    super.onOpen();
    if (!begin()) {
      fillInterested();
    }
  }

  @Override
  public void onFillable() {
    // Jetty's buffers are in flush mode: position 0, limit the bytes that there are.
    buffer.clear().limit(0);
    try {
      int length = getEndPoint().fill(buffer);
      if (length < 0) {
        close();
      } else if (length == 0) {
        fillInterested();
      } else {
        CoreDriver<?> known = driver;
        if (known != null) {
          execute(known, () -> take(known, length));
        } else {
          append(length);
          if (!begin()) {
            fillInterested();
          }
        }
      }
    } catch (IOException e) {
      close();
    }
  }

  private void append(int length) {
    byte[] more = Arrays.copyOf(pending, pending.length + length);
    System.arraycopy(bytes, 0, more, pending.length, length);
    pending = more;
  }

  /// Finds the leg once the first frame is complete.
  ///
  /// @return whether there is nothing more to be read at present
  private boolean begin() {
    int frame = pending.length < 2 ? 0 : 2 + length(pending, 0);
    if (frame > MAX_FIRST_FRAME) {
      close();
      return true;
    }
    if (frame == 0 || pending.length < frame) {
      return false;
    }
    CoreDriver<?> owner = port.ownerOf(pending);
    if (owner == null) {
      close();
      return true;
    }
    driver = owner;
    // The consent of the session ends it, RFC 7675.
    getEndPoint().setIdleTimeout(-1);
    execute(
        owner,
        () -> {
          owner.add(this);
          take(owner, 0);
        });
    return true;
  }

  private void execute(CoreDriver<?> of, Runnable task) {
    try {
      of.loop()
          .execute(() -> {
            if (of.isDetached()) {
              close();
            } else {
              task.run();
            }
          });
    } catch (RejectedExecutionException e) {
      close();
    }
  }

  private static int length(byte[] from, int at) {
    return (from[at] & 0xff) << 8 | from[at + 1] & 0xff;
  }

  /// On the loop: gives whole frames to the leg, then lets Jetty read on.
  private void take(CoreDriver<?> to, int length) {
    append(length);
    int at = 0;
    while (pending.length - at >= 2 && pending.length - at - 2 >= length(pending, at)) {
      int size = length(pending, at);
      if (size > 0) {
        to.received(local, remote, 0, pending, at + 2, size);
      }
      at += 2 + size;
    }
    pending = Arrays.copyOfRange(pending, at, pending.length);
    if (getEndPoint().isOpen()) {
      try {
        fillInterested();
      } catch (RuntimeException e) {
        close();
      }
    }
  }

  @Override
  public void send(TransmitBuffer out, int from, int to) {
    for (int i = from; i < to; i++) {
      int length = out.packetLength(i);
      if (filled + 2 + length > MAX_QUEUED) {
        break;
      }
      if (filled + 2 + length > filling.length) {
        filling = Arrays.copyOf(filling, Math.max(filled + 2 + length, 2 * filling.length));
      }
      filling[filled] = (byte) (length >>> 8);
      filling[filled + 1] = (byte) length;
      System.arraycopy(out.array(), out.packetOffset(i), filling, filled + 2, length);
      filled += 2 + length;
    }
    flush();
  }

  private void flush() {
    CoreDriver<?> of = driver;
    if (busy || filled == 0 || of == null) {
      return;
    }
    busy = true;
    byte[] full = Arrays.copyOf(filling, filled);
    filled = 0;
    getEndPoint()
        .write(
            Callback.from(
                () ->
                    execute(
                        of,
                        () -> {
                          busy = false;
                          flush();
                        }),
                failure -> close()),
            ByteBuffer.wrap(full));
  }

  @Override
  public void onClose(@Nullable Throwable cause) {
    CoreDriver<?> of = driver;
    if (of != null) {
      try {
        of.loop().execute(() -> of.streamEnded(this));
      } catch (RejectedExecutionException e) {
        // The loop has ended, and the leg with it.
      }
    }
    super.onClose(cause);
  }
}
