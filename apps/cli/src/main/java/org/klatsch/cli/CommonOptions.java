package org.klatsch.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.nio.file.Path;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Option;

/// Options that every command has.
final class CommonOptions {
  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  @SuppressWarnings("unused") // picocli answers it
  private boolean help;

  @Option(names = "--json", description = "One JSON object per line on standard output.")
  boolean json;

  @Option(
      names = "--ca",
      paramLabel = "FILE",
      defaultValue = "${env:SSL_CERT_FILE}",
      description = "Certificates (PEM) to trust beside those of Java. Default: SSL_CERT_FILE.")
  @Nullable Path ca;

  @Option(
      names = {"-v", "--verbose"},
      description = "Log what happens on standard error.")
  void verbose(boolean on) {
    if (on && LoggerFactory.getLogger("org.klatsch") instanceof Logger logger) {
      logger.setLevel(Level.DEBUG);
    }
  }

  /// Null: the trust anchors of Java. Those given count for the TURN servers of this process too.
  @Nullable SSLContext tls() throws CommandException {
    Path file = ca;
    if (file == null || file.toString().isEmpty()) {
      return null;
    }
    SSLContext context = TrustAnchors.with(file);
    SSLContext.setDefault(context);
    return context;
  }
}
