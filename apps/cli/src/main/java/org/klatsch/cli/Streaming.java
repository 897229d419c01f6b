package org.klatsch.cli;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.klatsch.webrtc.RTCDtlsTransport;
import org.klatsch.webrtc.RTCDtlsTransportState;
import org.klatsch.webrtc.RTCPeerConnection;
import org.klatsch.webrtc.RTCPeerConnectionState;
import org.klatsch.webrtc.RTCRtpTransceiver;
import org.klatsch.whip.WhipOptions;
import org.klatsch.whip.WhipSession;
import picocli.CommandLine.Option;

/// What `publish` and `play` have in common: a session with a streaming server, from the first
/// request to its end.
final class Streaming {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

  /// What the end may take.
  private static final long FAREWELL_SECONDS = 10;

  /// How long ICE and DTLS may take once the server has answered.
  private static final long SET_UP_SECONDS = 30;

  @Option(
      names = "--token",
      paramLabel = "TOKEN",
      defaultValue = "${env:KLATSCH_TOKEN}",
      description = "Bearer token for the server. Default: KLATSCH_TOKEN.")
  private @Nullable String token;

  @Option(
      names = "--seconds",
      paramLabel = "N",
      description = "End so long after the connection is made.")
  private @Nullable Integer seconds;

  /// Something to be done once connected, and at the end.
  interface Program {
    /// @param server where the session is there
    void connected(URI server, long millis);

    /// After the end of the media, before the process ends.
    void ended(double seconds) throws InterruptedException;
  }

  static URI url(String text) throws CommandException {
    try {
      URI url = URI.create(text);
      String scheme = url.getScheme();
      if (url.getHost() != null && ("http".equals(scheme) || "https".equals(scheme))) {
        return url;
      }
    } catch (IllegalArgumentException e) {
      throw CommandException.usage(text + " is no URL: " + e.getMessage());
    }
    throw CommandException.usage(text + ", expected a URL of http or https");
  }

  /// Runs a session until the time is up, the input `over` is complete, the server ends it, or
  /// Ctrl-C.
  void run(
      Terminal terminal,
      URI url,
      RTCPeerConnection connection,
      @Nullable SSLContext tls,
      CompletableFuture<Void> over,
      Program program)
      throws CommandException, InterruptedException {
    Integer length = seconds;
    if (length != null && length < 1) {
      throw CommandException.usage("--seconds " + length + ", expected 1 or more");
    }
    HttpClient.Builder client = HttpClient.newBuilder().connectTimeout(CONNECT_TIMEOUT);
    if (tls != null) {
      client.sslContext(tls);
    }
    CompletableFuture<RTCPeerConnectionState> connected = new CompletableFuture<>();
    connection.onConnectionStateChange(_ -> {
      switch (connection.connectionState()) {
        case CONNECTED -> connected.complete(RTCPeerConnectionState.CONNECTED);
        case FAILED, CLOSED -> {
          connected.complete(RTCPeerConnectionState.FAILED);
          over.complete(null);
        }
        default -> {}
      }
    });
    CountDownLatch told = new CountDownLatch(1);
    Thread hook = hook(terminal, over, told);
    long began = System.nanoTime();
    try (HttpClient http = client.build();
        WhipSession session =
            WhipSession.open(http, url, connection, WhipOptions.DEFAULT.withToken(token))) {
      Runtime.getRuntime().addShutdownHook(hook);
      connected.completeOnTimeout(RTCPeerConnectionState.NEW, SET_UP_SECONDS, TimeUnit.SECONDS);
      CompletableFuture.anyOf(connected, over).get();
      if (!over.isDone() && connected.join() != RTCPeerConnectionState.CONNECTED) {
        throw CommandException.failed("no connection to the server's media port");
      }
      long start = System.nanoTime();
      program.connected(session.resource(), TimeUnit.NANOSECONDS.toMillis(start - began));
      watch(connection, over);
      if (length != null) {
        over.completeOnTimeout(null, length, TimeUnit.SECONDS);
      }
      over.get();
      program.ended((System.nanoTime() - start) / 1e9);
    } catch (IOException e) {
      throw CommandException.failed(url + ": " + e.getMessage());
    } catch (ExecutionException e) {
      throw CommandException.failed(String.valueOf(e.getCause()));
    } finally {
      connection.close();
      told.countDown();
      SendCommand.removeHook(hook);
    }
  }

  /// The server says goodbye by closing DTLS.
  private static void watch(RTCPeerConnection connection, CompletableFuture<Void> over) {
    for (RTCRtpTransceiver each : connection.getTransceivers()) {
      RTCDtlsTransport transport = each.sender().transport();
      if (transport != null) {
        transport.onStateChange(_ -> {
          if (transport.state() == RTCDtlsTransportState.CLOSED) {
            over.complete(null);
          }
        });
        return;
      }
    }
  }

  private static Thread hook(Terminal terminal, CompletableFuture<Void> over, CountDownLatch told) {
    return new Thread(
        () -> {
          over.complete(null);
          try {
            if (told.await(FAREWELL_SECONDS, TimeUnit.SECONDS)) {
              terminal.out().flush();
              // Ctrl-C is the way to end a stream: all is well.
              Runtime.getRuntime().halt(ExitCode.OK);
            }
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        },
        "klatsch-shutdown");
  }
}
