package org.klatsch.net;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.klatsch.sansio.MalformedPacketException;
import org.klatsch.sansio.StreamFraming;
import org.klatsch.sansio.TransmitBuffer;
import org.klatsch.sansio.TransportAddress;

/// A connected TCP or TLS socket that carries packets of one core. Two virtual threads read and
/// write; packets are cut and framed on the core's loop.
///
/// While the queue is well filled the core is not asked for more, so that the congestion control
/// above sees a queue instead of losses. But a connection that has stalled must not hold up the
/// core's other paths: after a moment without progress what finds no room is dropped, as a network
/// would.
public final class StreamConnection implements PacketStream {
  /// About what a path of 10 Mbit/s carries in 200 ms; a longer queue would only add delay.
  private static final int MAX_QUEUED_BYTES = 256 * 1024;

  /// From here on the core waits.
  private static final int HIGH_WATER = 64 * 1024;

  /// How long it waits for a connection that makes no progress.
  private static final long STALL_NANOS = 500_000_000;

  /// The TLS record, and a full segment of loopback.
  private static final int READ_BYTES = 16 * 1024;

  /// Read ahead of the loop; the sender waits when both are full.
  private static final int READ_BUFFERS = 2;

  /// How long the last words may take on a connection that is closed.
  private static final long LINGER_MILLIS = 2_000;

  private final CoreDriver<?> driver;
  private final Socket socket;

  /// The TCP connection under it, which can be closed however busy TLS is.
  private final Socket transport;

  private final TransportAddress local;
  private final TransportAddress remote;
  private final StreamFraming framing;
  private final BlockingQueue<byte[]> free = new ArrayBlockingQueue<>(READ_BUFFERS);
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private byte[] queue = new byte[4096];
  private int queued;
  private boolean closing;
  private long dropped;

  /// Whether the core has been told, or needs not be, that the stream is gone. On the loop.
  private boolean over;

  /// Whether the writer is to tell when there is room again; under the lock.
  private boolean drainWanted;

  /// Whether the core waits, and whether it has given up waiting. On the loop.
  private boolean blocking;

  private boolean stalled;
  private @Nullable LoopTimer stallTimer;

  StreamConnection(
      CoreDriver<?> driver,
      Socket socket,
      Socket transport,
      TransportAddress local,
      TransportAddress remote,
      StreamFraming framing) {
    this.driver = driver;
    this.socket = socket;
    this.transport = transport;
    this.local = local;
    this.remote = remote;
    this.framing = framing;
    for (int i = 0; i < READ_BUFFERS; i++) {
      free.add(new byte[READ_BYTES]);
    }
  }

  /// Runs a task on the loop that takes this stream over, also when the core is detached meanwhile;
  /// when the loop has ended, the socket is closed.
  void hand(Runnable task) {
    try {
      driver.loop().execute(task);
    } catch (RejectedExecutionException closed) {
      shut();
    }
  }

  /// Starts the threads; on the loop, after [CoreDriver#add].
  void start() {
    stallTimer = driver.loop().timer(this::giveUpWaiting);
    Thread.ofVirtual().name("klatsch-stream-read " + remote).start(this::read);
    Thread.ofVirtual().name("klatsch-stream-write " + remote).start(this::write);
  }

  @Override
  public TransportAddress local() {
    return local;
  }

  @Override
  public TransportAddress remote() {
    return remote;
  }

  /// Packets dropped for want of room.
  public long dropped() {
    lock.lock();
    try {
      return dropped;
    } finally {
      lock.unlock();
    }
  }

  private void read() {
    try {
      InputStream in = socket.getInputStream();
      while (true) {
        byte[] buffer = free.take();
        int length = in.read(buffer);
        if (length < 0) {
          break;
        }
        driver.loop().execute(() -> take(buffer, length));
      }
    } catch (IOException | RejectedExecutionException e) {
      // Closed by either side, or with the loop.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    shut();
    try {
      driver.loop().execute(this::ended);
    } catch (RejectedExecutionException closed) {
      // Nobody is left to hear of it.
    }
  }

  /// Cuts what was read; on the loop.
  private void take(byte[] buffer, int length) {
    if (over) {
      free.add(buffer);
      return;
    }
    framing.handleBytes(buffer, 0, length);
    free.add(buffer);
    deliver();
  }

  /// Gives the core the packets that the framing holds; on the loop.
  void deliver() {
    try {
      while (!over && framing.next()) {
        driver.received(
            local, remote, 0, framing.buffer(), framing.packetOffset(), framing.packetLength());
      }
    } catch (MalformedPacketException e) {
      shut();
    }
  }

  private void ended() {
    if (!over) {
      over = true;
      drained();
      driver.streamEnded(this);
    }
  }

  private void block() {
    LoopTimer timer = stallTimer;
    if (!blocking && !stalled && !over && timer != null) {
      blocking = true;
      driver.block();
      timer.set(driver.loop().now() + STALL_NANOS);
    }
  }

  private void giveUpWaiting() {
    if (blocking) {
      blocking = false;
      stalled = true;
      driver.unblock();
    }
  }

  /// There is room again, or none is needed any more.
  private void drained() {
    stalled = false;
    if (blocking) {
      blocking = false;
      driver.unblock();
    }
    LoopTimer timer = stallTimer;
    if (timer != null) {
      timer.cancel();
    }
  }

  @Override
  public void send(TransmitBuffer out, int from, int to) {
    int header = framing.headerLength();
    boolean full;
    lock.lock();
    try {
      for (int i = from; i < to; i++) {
        int length = out.packetLength(i);
        if (closing || queued + header + length > MAX_QUEUED_BYTES) {
          dropped++;
          continue;
        }
        makeRoom(queued + header + length);
        framing.writeHeader(queue, queued, length);
        System.arraycopy(out.array(), out.packetOffset(i), queue, queued + header, length);
        queued += header + length;
      }
      full = queued >= HIGH_WATER;
      drainWanted |= full;
      changed.signal();
    } finally {
      lock.unlock();
    }
    if (full) {
      block();
    }
  }

  private void makeRoom(int needed) {
    if (needed > queue.length) {
      byte[] larger = new byte[Math.min(MAX_QUEUED_BYTES, Math.max(needed, 2 * queue.length))];
      System.arraycopy(queue, 0, larger, 0, queued);
      queue = larger;
    }
  }

  private void write() {
    byte[] spare = new byte[4096];
    try {
      OutputStream out = socket.getOutputStream();
      while (true) {
        byte[] bytes;
        int length;
        lock.lockInterruptibly();
        try {
          while (queued == 0 && !closing) {
            changed.await();
          }
          bytes = queue;
          length = queued;
          queue = spare;
          queued = 0;
        } finally {
          lock.unlock();
        }
        if (length == 0) {
          socket.close();
          break;
        }
        out.write(bytes, 0, length);
        out.flush();
        spare = bytes;
        if (takeDrained()) {
          driver.loop().execute(this::drained);
        }
      }
    } catch (IOException | RejectedExecutionException e) {
      // The reader tells.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    shut();
  }

  private boolean takeDrained() {
    lock.lock();
    try {
      boolean drained = drainWanted && queued < HIGH_WATER;
      drainWanted &= !drained;
      return drained;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    over = true;
    drained();
    lock.lock();
    try {
      if (closing) {
        return;
      }
      closing = true;
      changed.signal();
    } finally {
      lock.unlock();
    }
    Thread.ofVirtual()
        .name("klatsch-stream-close " + remote)
        .start(() -> {
          try {
            TimeUnit.MILLISECONDS.sleep(LINGER_MILLIS);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          shut();
        });
  }

  /// Closes the socket, which ends both threads.
  private void shut() {
    lock.lock();
    try {
      closing = true;
      changed.signal();
    } finally {
      lock.unlock();
    }
    try {
      transport.close();
    } catch (IOException e) {
      // It is gone either way.
    }
  }

  @Override
  public String toString() {
    return "StreamConnection[" + local + " → " + remote + "]";
  }
}
