package org.klatsch.media;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.klatsch.testkit.Simulation;

/// An encoder of VP8 without pictures: 30 frames a second of the wanted bitrate, key frames when
/// asked for.
final class VideoSource {
  private static final int WIDTH = 640;
  private static final int HEIGHT = 360;

  private final Simulation simulation;
  private final TransportPair.Side side;
  private final RtpSender sender;
  private final int encoding;
  private int number;
  private boolean keyFrameWanted = true;
  private long end;

  /// Bits a second that are made, whatever the target.
  long bitrate = 1_000_000;

  /// Makes what the target asks for, up to this; 0 follows `bitrate`.
  long adaptiveUpTo;

  final List<Integer> keyFrames = new ArrayList<>();
  final List<EncodedVideoFrame> sent = new ArrayList<>();

  VideoSource(Simulation simulation, TransportPair.Side side, RtpSender sender, int encoding) {
    this.simulation = simulation;
    this.side = side;
    this.sender = sender;
    this.encoding = encoding;
    side.listeners.add(event -> {
      if (event instanceof MediaEvent.KeyFrameRequested request
          && request.sender() == sender
          && request.encoding() == encoding) {
        keyFrameWanted = true;
      }
    });
  }

  void run(Duration duration) {
    end = simulation.now() + duration.toNanos();
    step();
  }

  private void step() {
    if (simulation.now() >= end) {
      return;
    }
    long rate = adaptiveUpTo > 0 ? Math.min(adaptiveUpTo, sender.targetBitrate(encoding)) : bitrate;
    boolean key = keyFrameWanted;
    keyFrameWanted = false;
    int size = (int) Math.max(20, rate / 8 / 30 * (key ? 4 : 1));
    byte[] payload = frame(number, key, size);
    EncodedVideoFrame frame =
        EncodedVideoFrame.of(TransportPair.VP8, payload, number * 3000, key, simulation.now());
    if (key) {
      keyFrames.add(number);
    }
    number++;
    side.act(() -> {
      if (sender.send(simulation.now(), encoding, frame)) {
        sent.add(frame);
      }
    });
    simulation.after(Duration.ofNanos(33_333_333), this::step);
  }

  /// The first bytes are the uncompressed data chunk, RFC 6386 §9.1; the number stands behind.
  static byte[] frame(int number, boolean key, int size) {
    byte[] payload = new byte[Math.max(size, 20)];
    payload[0] = (byte) (key ? 0x10 : 0x11);
    if (key) {
      payload[3] = (byte) 0x9d;
      payload[4] = 0x01;
      payload[5] = 0x2a;
      payload[6] = (byte) WIDTH;
      payload[7] = (byte) (WIDTH >> 8);
      payload[8] = (byte) HEIGHT;
      payload[9] = (byte) (HEIGHT >> 8);
    }
    payload[10] = (byte) (number >> 16);
    payload[11] = (byte) (number >> 8);
    payload[12] = (byte) number;
    for (int i = 13; i < payload.length; i++) {
      payload[i] = (byte) (number * 31 + i);
    }
    return payload;
  }

  static int number(EncodedFrame frame) {
    byte[] payload = frame.payload();
    return (payload[10] & 0xff) << 16 | (payload[11] & 0xff) << 8 | payload[12] & 0xff;
  }
}
