package org.klatsch.server.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/// The files of the web page, all read at the start from the list `page/files` in the jar. A
/// request can only name one of them: no path of a request ever reaches a file system.
final class Page {

  /// @param etag strong, of the uncompressed bytes
  /// @param gzip null where compression saves nothing
  record File(byte[] bytes, byte @Nullable [] gzip, String type, String etag) {}

  private final Map<String, File> files = new HashMap<>();

  Page() {
    for (String name :
        new String(read("files"), java.nio.charset.StandardCharsets.UTF_8).split("\n")) {
      if (!name.isBlank()) {
        files.put(name.strip(), load(name.strip()));
      }
    }
  }

  @Nullable File file(String name) {
    return files.get(name);
  }

  private static File load(String name) {
    byte[] bytes = read(name);
    byte[] gzip = gzip(bytes);
    return new File(bytes, gzip.length < bytes.length ? gzip : null, type(name), etag(bytes));
  }

  private static byte[] read(String name) {
    try (InputStream in = Page.class.getResourceAsStream("/org/klatsch/server/page/" + name)) {
      if (in == null) {
        throw new IllegalStateException("The jar lacks the file " + name + " of the page");
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] gzip(byte[] bytes) {
    var out = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(out)) {
      gzip.write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  private static String etag(byte[] bytes) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes);
      return '"' + HexFormat.of().formatHex(digest, 0, 12) + '"';
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every JDK has SHA-256", e);
    }
  }

  private static final List<Map.Entry<String, String>> TYPES =
      List.of(
          Map.entry(".html", "text/html; charset=utf-8"),
          Map.entry(".js", "text/javascript; charset=utf-8"),
          Map.entry(".css", "text/css; charset=utf-8"),
          Map.entry(".svg", "image/svg+xml"),
          Map.entry(".json", "application/json"),
          Map.entry(".txt", "text/plain; charset=utf-8"));

  private static String type(String name) {
    return TYPES.stream()
        .filter(type -> name.endsWith(type.getKey()))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("No media type is known for " + name));
  }
}
