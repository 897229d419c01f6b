package org.klatsch.rooms.transfer;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import org.klatsch.rooms.secret.TransferCode;

/// Whatever comes in, parsers answer with a value or a [MalformedTransferException], and a peer
/// stays alive or closes.
class TransferFuzzTest {
  @FuzzTest
  void parsesControlMessages(FuzzedDataProvider data) {
    try {
      ControlMessage message = ControlMessages.parse(data.consumeRemainingAsString());
      if (!(message instanceof ControlMessage.Unknown)) {
        String text = ControlMessages.format(message);
        if (!ControlMessages.format(ControlMessages.parse(text)).equals(text)) {
          throw new IllegalStateException("changed on the way: " + text);
        }
      }
    } catch (MalformedTransferException e) {
      // As it should be.
    }
  }

  @FuzzTest
  void parsesFrames(byte[] data) {
    try {
      BulkFrame frame = BulkFrame.parse(data, 0, data.length);
      byte[] header = new byte[BulkFrame.HEADER_LENGTH];
      BulkFrame.writeHeader(header, frame.type(), frame.transfer(), frame.file(), frame.offset());
      if (!java.util.Arrays.equals(header, java.util.Arrays.copyOf(data, header.length))) {
        throw new IllegalStateException("changed on the way");
      }
    } catch (MalformedTransferException e) {
      // As it should be.
    }
  }

  @FuzzTest
  void makesNamesSafe(FuzzedDataProvider data) {
    String name = data.consumeRemainingAsString();
    SafeName.of(name)
        .ifPresent(safe -> {
          Path root = Path.of("/target");
          if (safe.indexOf('\0') < 0) {
            Path place = root.resolve(safe).normalize();
            if (!place.startsWith(root) || place.equals(root)) {
              throw new IllegalStateException("escapes: " + safe);
            }
          } else {
            throw new IllegalStateException("control character in " + safe);
          }
          if (!SafeName.of(safe).orElseThrow().equals(safe)) {
            throw new IllegalStateException("not safe the second time: " + safe);
          }
        });
    SafeName.ofAll(List.of(name, name, name));
  }

  @FuzzTest
  void readsCodes(FuzzedDataProvider data) {
    TransferCode.parse(data.consumeRemainingAsString())
        .ifPresent(code -> {
          if (!TransferCode.parse(code.toString()).orElseThrow().equals(code)) {
            throw new IllegalStateException("changed on the way");
          }
        });
  }

  /// A peer between hello and the end, with control messages and frames in any order.
  @FuzzTest
  void survivesAnything(FuzzedDataProvider data) {
    MessageChannel sink =
        new MessageChannel() {
          @Override
          public void send(String text) {}

          @Override
          public void send(byte[] bytes, int off, int length) {}

          @Override
          public long bufferedAmount() {
            return 0;
          }

          @Override
          public void bufferedAmountLowThreshold(long bytes) {}

          @Override
          public long maxMessageSize() {
            return 65_536;
          }
        };
    TransferPeer peer =
        new TransferPeer(
            sink,
            sink,
            TransferOptions.defaults("fuzz"),
            new TransferListener() {},
            new SecureRandom());
    peer.handleOpen(new Access.Room());
    peer.handleControl(
        "{\"type\":\"hello\",\"versions\":[1],\"role\":\"member\",\"nonce\":\"00112233445566778899aabbccddeeff\"}");
    while (data.remainingBytes() > 0) {
      if (data.consumeBoolean()) {
        peer.handleControl(data.consumeString(300));
      } else {
        byte[] frame = data.consumeBytes(100);
        peer.handleBulk(frame, 0, frame.length);
      }
    }
    peer.close();
  }
}
