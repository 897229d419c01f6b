package org.klatsch.server.store;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;

/// A process that writes as fast as it can and says what is written, to be killed.
final class StoreWriter {
  private StoreWriter() {}

  public static void main(String[] args) throws Exception {
    try (Store store =
        JournalStore.open(Path.of(args[0]), SyncPolicy.INTERVAL, InstantSource.system())) {
      String filling = "x".repeat(Integer.parseInt(args[1]));
      for (int i = 0; ; i++) {
        try {
          store.append("log", (i + " " + filling).getBytes(StandardCharsets.UTF_8), 1_000_000);
        } catch (StoreException e) {
          // The disk is full. What is smaller than what did not fit may still fit.
          Store.Item oldest = store.items("log", 0, 1).getFirst();
          boolean acknowledged;
          try {
            acknowledged = store.acknowledge("log", oldest.id());
          } catch (StoreException still) {
            acknowledged = false;
          }
          System.out.println("full after " + i + (acknowledged ? " less the first" : ""));
          System.out.flush();
          return;
        }
        System.out.println(i);
        System.out.flush();
      }
    }
  }
}
