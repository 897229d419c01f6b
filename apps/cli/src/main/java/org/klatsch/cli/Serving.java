package org.klatsch.cli;

import java.util.concurrent.CountDownLatch;

/// What the commands that serve have in common.
final class Serving {
  private Serving() {}

  /// Refuses what is no port, 0 standing for a free one.
  static void requirePort(String option, int port) throws CommandException {
    if (port < 0 || port > 65_535) {
      throw CommandException.usage(option + " " + port + ", expected 0 to 65535");
    }
  }

  /// Tells that a server is ready and waits until SIGTERM or Ctrl-C, which closes it and ends the
  /// process.
  static void untilStopped(Terminal terminal, Runnable ready, Runnable close)
      throws InterruptedException {
    CountDownLatch stopped = new CountDownLatch(1);
    Thread hook =
        new Thread(
            () -> {
              close.run();
              terminal.out().flush();
              // These are the ways to end a server: all is well.
              Runtime.getRuntime().halt(ExitCode.OK);
            },
            "klatsch-shutdown");
    Runtime.getRuntime().addShutdownHook(hook);
    try {
      ready.run();
      stopped.await();
    } finally {
      // Only a test that interrupts its thread comes here.
      Runtime.getRuntime().removeShutdownHook(hook);
      close.run();
    }
  }
}
