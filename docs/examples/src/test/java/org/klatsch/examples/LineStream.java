package org.klatsch.examples;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.LinkedBlockingQueue;

/// Hands on every line that is printed, whatever thread prints it.
final class LineStream extends OutputStream {
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private final LinkedBlockingQueue<String> lines;

  LineStream(LinkedBlockingQueue<String> lines) {
    this.lines = lines;
  }

  @Override
  public synchronized void write(int b) {
    if (b == '\n') {
      lines.add(line.toString(StandardCharsets.UTF_8));
      line.reset();
    } else {
      line.write(b);
    }
  }
}
