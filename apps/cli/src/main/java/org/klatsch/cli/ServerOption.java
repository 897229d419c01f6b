package org.klatsch.cli;

import java.net.URI;
import picocli.CommandLine.Option;

/// `--server` of the commands that use one.
final class ServerOption {
  @Option(
      names = "--server",
      paramLabel = "URL",
      defaultValue = "${env:KLATSCH_SERVER:-http://127.0.0.1:8080}",
      description = "The server. Default: KLATSCH_SERVER, else http://127.0.0.1:8080.")
  private String server = "";

  /// The base URL without a trailing slash.
  URI url() throws CommandException {
    String text = server.strip();
    if (!text.contains("://")) {
      text = "https://" + text;
    }
    while (text.endsWith("/")) {
      text = text.substring(0, text.length() - 1);
    }
    try {
      URI url = new URI(text);
      if (url.getHost() != null
          && (url.getScheme().equals("http") || url.getScheme().equals("https"))) {
        return url;
      }
    } catch (java.net.URISyntaxException e) {
      // Said below.
    }
    throw CommandException.usage("--server " + server + " is no http or https URL");
  }
}
