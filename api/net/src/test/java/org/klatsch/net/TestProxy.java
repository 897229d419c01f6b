package org.klatsch.net;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.concurrent.atomic.AtomicInteger;

/// A proxy on the loopback address that speaks HTTP CONNECT and SOCKS5, with the user `me` and the
/// password `secret` where a client has one.
final class TestProxy implements AutoCloseable {
  private final ServerSocket listening = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
  private final AtomicInteger connections = new AtomicInteger();

  TestProxy() throws IOException {
    Thread.ofVirtual()
        .start(() -> {
          try {
            while (true) {
              Socket client = listening.accept();
              Thread.ofVirtual().start(() -> serve(client));
            }
          } catch (IOException e) {
            // Closed.
          }
        });
  }

  int port() {
    return listening.getLocalPort();
  }

  int connections() {
    return connections.get();
  }

  private void serve(Socket client) {
    try (client) {
      DataInputStream in = new DataInputStream(client.getInputStream());
      OutputStream out = client.getOutputStream();
      int first = in.read();
      try (Socket target = first == 5 ? socks(in, out) : http(in, out, (char) first)) {
        connections.incrementAndGet();
        Thread.ofVirtual().start(() -> pump(target, client));
        pump(client, target);
      }
    } catch (IOException e) {
      // The client or the target went away.
    }
  }

  private static Socket http(DataInputStream in, OutputStream out, char first) throws IOException {
    StringBuilder head = new StringBuilder().append(first);
    while (head.indexOf("\r\n\r\n") < 0) {
      head.append((char) in.readUnsignedByte());
    }
    String text = head.toString();
    String pair = Base64.getEncoder().encodeToString("me:secret".getBytes(StandardCharsets.UTF_8));
    if (text.contains("Authorization") && !text.contains("Proxy-Authorization: Basic " + pair)) {
      throw new IOException("wrong password");
    }
    String authority = text.split(" ")[1];
    int colon = authority.lastIndexOf(':');
    Socket target =
        new Socket(authority.substring(0, colon), Integer.parseInt(authority.substring(colon + 1)));
    out.write("HTTP/1.1 200 OK\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    return target;
  }

  private static Socket socks(DataInputStream in, OutputStream out) throws IOException {
    byte[] methods = new byte[in.readUnsignedByte()];
    in.readFully(methods);
    boolean password = methods[methods.length - 1] == 2;
    out.write(new byte[] {5, (byte) (password ? 2 : 0)});
    if (password) {
      in.readByte();
      String user = text(in);
      boolean right = user.equals("me") && text(in).equals("secret");
      out.write(new byte[] {1, (byte) (right ? 0 : 1)});
    }
    in.readFully(new byte[4]);
    byte[] address = new byte[4];
    in.readFully(address);
    Socket target = new Socket(InetAddress.getByAddress(address), in.readUnsignedShort());
    out.write(new byte[] {5, 0, 0, 1, 0, 0, 0, 0, 0, 0});
    return target;
  }

  private static String text(DataInputStream in) throws IOException {
    byte[] bytes = new byte[in.readUnsignedByte()];
    in.readFully(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static void pump(Socket from, Socket to) {
    try {
      InputStream in = from.getInputStream();
      in.transferTo(to.getOutputStream());
      to.close();
    } catch (IOException e) {
      // One of them is gone.
    }
  }

  @Override
  public void close() throws IOException {
    listening.close();
  }
}
