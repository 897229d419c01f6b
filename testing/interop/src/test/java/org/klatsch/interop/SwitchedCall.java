package org.klatsch.interop;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.klatsch.webrtc.AudioTrackSource;
import org.klatsch.webrtc.EncodedTrackSink;
import org.klatsch.webrtc.RTCDataChannel;
import org.klatsch.webrtc.RTCPeerConnection;
import tools.jackson.databind.node.ObjectNode;

/// A call with a transfer beside it, and how both fare: what [NamespacePeer] does while a test
/// changes its network.
final class SwitchedCall implements AutoCloseable {
  private static final int RATE_HZ = 48_000;
  private static final int FRAME = RATE_HZ / 50;
  private static final int MESSAGE = 64 * 1024;
  private static final long HIGH_WATER = 4 << 20;

  private final AudioTrackSource voice = new AudioTrackSource(RATE_HZ, 1);
  private final MessageDigest digest;
  private final CompletableFuture<Void> complete = new CompletableFuture<>();
  private final Thread speaker;
  private @Nullable EncodedTrackSink ear;

  // Guarded by this.
  private long received;
  private long heardAt;
  private long longestPause;
  private long frames;

  SwitchedCall(RTCPeerConnection connection) throws NoSuchAlgorithmException {
    digest = MessageDigest.getInstance("SHA-256");
    connection.addTrack(voice.track());
    connection.onTrack(event -> ear = new EncodedTrackSink(event.track(), _ -> heard()));
    speaker = Thread.ofPlatform().daemon().name("speaker").start(this::speak);
  }

  private void speak() {
    short[] tone = new short[FRAME];
    try {
      for (long at = 0; ; at += FRAME) {
        for (int i = 0; i < FRAME; i++) {
          tone[i] = (short) (8_000 * Math.sin(2 * Math.PI * 440 * (at + i) / RATE_HZ));
        }
        if (!voice.write(tone)) {
          return;
        }
      }
    } catch (InterruptedException e) {
      // Closed.
    }
  }

  private synchronized void heard() {
    long now = System.nanoTime();
    if (heardAt != 0) {
      longestPause = Math.max(longestPause, now - heardAt);
    }
    heardAt = now;
    frames++;
  }

  /// Sends `bytes` bytes once the channel is open.
  void send(RTCDataChannel bulk, long bytes) {
    Semaphore room = new Semaphore(0);
    bulk.bufferedAmountLowThreshold(HIGH_WATER / 2);
    bulk.onBufferedAmountLow(_ -> room.release());
    bulk.onOpen(_ ->
        Thread.ofPlatform()
            .daemon()
            .start(() -> {
              byte[] message = new byte[MESSAGE];
              Random random = new Random(300);
              try {
                for (long sent = 0; sent < bytes; ) {
                  while (bulk.bufferedAmount() > HIGH_WATER) {
                    room.acquire();
                  }
                  random.nextBytes(message);
                  int length = (int) Math.min(MESSAGE, bytes - sent);
                  bulk.send(message, 0, length);
                  digest.update(message, 0, length);
                  sent += length;
                }
                complete.complete(null);
              } catch (Exception e) {
                complete.completeExceptionally(e);
              }
            }));
  }

  void receive(RTCDataChannel bulk, long bytes) {
    bulk.onMessage(event -> {
      byte[] data = event.bytes();
      if (data != null) {
        digest.update(data);
        synchronized (this) {
          received += data.length;
          if (received >= bytes) {
            complete.complete(null);
          }
        }
      }
    });
  }

  /// Measures the longest pause from now on.
  synchronized void forgetPauses() {
    longestPause = 0;
    heardAt = frames == 0 ? 0 : System.nanoTime();
  }

  /// Waits a moment until so much has come.
  synchronized void awaitReceived(long bytes) throws InterruptedException {
    long deadline = System.nanoTime() + 1_000_000_000L;
    while (received < bytes && System.nanoTime() < deadline) {
      wait(100);
    }
  }

  synchronized void describe(ObjectNode into) {
    into.put("received", received);
    into.put("frames", frames);
    long silent = heardAt == 0 ? 0 : System.nanoTime() - heardAt;
    into.put("longestPauseMillis", Math.max(longestPause, silent) / 1_000_000);
  }

  /// Waits for the end of the transfer.
  ///
  /// @return the SHA-256 of all that was sent or received
  String awaitEnd(long millis) throws Exception {
    complete.get(millis, TimeUnit.MILLISECONDS);
    return HexFormat.of().formatHex(digest.digest());
  }

  @Override
  public void close() {
    speaker.interrupt();
    voice.close();
    EncodedTrackSink sink = ear;
    if (sink != null) {
      sink.close();
    }
  }
}
