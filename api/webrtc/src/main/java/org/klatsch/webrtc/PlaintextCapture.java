package org.klatsch.webrtc;

import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.klatsch.net.PcapngWriter;
import org.klatsch.peer.PlaintextTap;
import org.klatsch.sansio.TransportAddress;

/// Writes the SCTP packets inside DTLS to a pcapng file, for Wireshark. Whoever has the file can
/// read the messages. Thread-safe; one file may serve many connections.
public final class PlaintextCapture implements PlaintextTap, Closeable {
  private static final System.Logger LOGGER = System.getLogger(PlaintextCapture.class.getName());

  /// More than analysers open with ease, less than fills a disk unseen.
  private static final long MAX_BYTES = 4L << 30;

  private final PcapngWriter writer;
  private volatile boolean ended;

  private PlaintextCapture(PcapngWriter writer) {
    this.writer = writer;
  }

  /// Creates the file, or writes over one that is there. It grows to 4 GiB at most.
  public static PlaintextCapture to(Path file) throws IOException {
    OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 16);
    try {
      return new PlaintextCapture(new PcapngWriter(out, MAX_BYTES));
    } catch (IOException e) {
      out.close();
      throw e;
    }
  }

  @Override
  public void packet(
      long now,
      boolean outgoing,
      TransportAddress local,
      TransportAddress remote,
      byte[] packet,
      int offset,
      int length) {
    if (ended) {
      return;
    }
    try {
      writer.sctp(
          Instant.now(),
          outgoing,
          outgoing ? local : remote,
          outgoing ? remote : local,
          packet,
          offset,
          length);
    } catch (IOException e) {
      if (!ended) {
        ended = true;
        LOGGER.log(Level.ERROR, "the capture ends here", e);
      }
    }
  }

  /// Writes what is buffered and closes the file; later packets are not written.
  @Override
  public void close() throws IOException {
    ended = true;
    writer.close();
  }
}
