package org.klatsch.examples;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.klatsch.rooms.FileReceiver;
import org.klatsch.rooms.FileSender;
import org.klatsch.rooms.Outcome;
import org.klatsch.rooms.RoomOptions;
import org.klatsch.rooms.secret.TransferCode;
import org.klatsch.rooms.transfer.ReceiveOptions;
import org.klatsch.rooms.transfer.SourceFile;

/// Moves files from peer to peer by a code.
public final class TransferExample {
  private TransferExample() {}

  /// Sends files to whoever is told the code.
  static Outcome send(URI server, List<Path> paths) throws IOException {
    RoomOptions options = RoomOptions.defaults("example");
    try (FileSender sender = FileSender.start(server, SourceFile.of(paths), options)) {
      System.out.println("Code: " + sender.code().join());
      return sender.outcome().join();
    }
  }

  /// Receives the files of a code into a folder.
  static Outcome receive(URI server, String code, Path folder) {
    try (FileReceiver receiver =
        FileReceiver.start(
            server,
            TransferCode.parse(code).orElseThrow(),
            new ReceiveOptions(folder, ReceiveOptions.Existing.REFUSE),
            RoomOptions.defaults("example"),
            Duration.ofMinutes(1),
            TransferExample::notice)) {
      return receiver.outcome().join();
    }
  }

  private static void notice(String text) {
    System.err.println(text);
  }

  /// `send SERVER FILE…` or `receive SERVER CODE FOLDER`.
  public static void main(String[] args) throws IOException {
    URI server = URI.create(args[1]);
    Outcome outcome =
        args[0].equals("send")
            ? send(server, List.of(args).subList(2, args.length).stream().map(Path::of).toList())
            : receive(server, args[2], Path.of(args[3]));
    System.out.println(outcome);
  }
}
