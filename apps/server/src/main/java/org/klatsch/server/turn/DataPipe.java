package org.klatsch.server.turn;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;

/// A client's connection and its peer's one, joined: what comes from either goes to the other, and
/// whoever reads slowly holds the other up. One that ends takes the other with it.
final class DataPipe {
  private static final int READ_BYTES = 16 * 1024;

  /// Ends the writer.
  private static final Piece END = new Piece(new byte[0], -1, () -> {});

  /// Bytes of the client, and what is to be run once they are written.
  private record Piece(byte[] bytes, int length, Runnable done) {}

  private final RelayStream stream;
  private final Socket socket;
  private final Runnable ended;
  private final LinkedBlockingQueue<Piece> toPeer = new LinkedBlockingQueue<>();
  private final AtomicBoolean closed = new AtomicBoolean();

  /// Of what was read last, that the client has it.
  private final Semaphore written = new Semaphore(0);

  /// @param ended runs once, on any thread, unless [#close] is called
  DataPipe(RelayStream stream, Socket socket, Runnable ended) {
    this.stream = stream;
    this.socket = socket;
    this.ended = ended;
  }

  void start() {
    Thread.ofVirtual().name("klatsch-relay-in").start(this::read);
    Thread.ofVirtual().name("klatsch-relay-out").start(this::write);
  }

  /// Takes bytes of the client; `done` runs once they are written, and only then may more come.
  void toPeer(byte[] bytes, int length, Runnable done) {
    toPeer.add(new Piece(bytes, length, done));
  }

  private void write() {
    try {
      OutputStream out = socket.getOutputStream();
      for (Piece next = toPeer.take(); next.length() >= 0; next = toPeer.take()) {
        out.write(next.bytes(), 0, next.length());
        next.done().run();
      }
    } catch (IOException e) {
      // The peer has gone.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    end();
  }

  private void read() {
    byte[] buffer = new byte[READ_BYTES];
    try {
      InputStream in = socket.getInputStream();
      for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
        stream.write(buffer, length, written::release);
        written.acquire();
      }
    } catch (IOException e) {
      // The peer has gone, or the client.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    end();
  }

  /// One of the two is gone.
  void end() {
    if (closed.compareAndSet(false, true)) {
      release();
      ended.run();
    }
  }

  /// Ends both connections.
  void close() {
    if (closed.compareAndSet(false, true)) {
      release();
    }
  }

  private void release() {
    RelayTcp.close(socket);
    // Neither thread waits for a client that is gone.
    toPeer.add(END);
    written.release();
    stream.end();
  }
}
