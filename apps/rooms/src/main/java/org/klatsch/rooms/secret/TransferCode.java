package org.klatsch.rooms.secret;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The code of a transfer, `id-secret`, as people read it to each other;
/// `docs/transfer-protocol.md` §4.1. Only the id ever reaches the server.
///
/// @param id names the transfer on the server
/// @param secret what both ends prove to know
public record TransferCode(String id, String secret) {
  /// Words of a secret: 3 × 8 bits. With three tries per code an attacker succeeds once in 5.6
  /// million codes.
  private static final int SECRET_WORDS = 3;

  private static final Pattern ID = Pattern.compile("[0-9a-z]{1,16}");
  private static final Pattern SECRET = Pattern.compile("[0-9a-z-]{1,128}");
  private static final Pattern CODE = Pattern.compile("([0-9a-z]{1,16})-([0-9a-z-]{1,128})");
  private static final Pattern LINK = Pattern.compile("^https?://[^#]*/t/([^/?#]*)[^#]*#(.*)$");
  private static final Pattern SEPARATORS = Pattern.compile("[\\t-\\r _-]+");
  private static final List<String> WORDS = readWords();

  public TransferCode {
    if (!ID.matcher(id).matches()) {
      throw new IllegalArgumentException("id \"" + id + "\", expected " + ID);
    }
    if (!SECRET.matcher(secret).matches()) {
      throw new IllegalArgumentException(
          "secret of " + secret.length() + " characters, expected " + SECRET);
    }
  }

  /// Reads what a person typed or pasted: a code, or the link of the transfer page.
  public static Optional<TransferCode> parse(String text) {
    if (text.length() > 4096) {
      return Optional.empty();
    }
    String trimmed = text.strip();
    Matcher link = LINK.matcher(trimmed);
    String joined = link.matches() ? link.group(1) + "-" + link.group(2) : text;
    String plain = SEPARATORS.matcher(joined.toLowerCase(Locale.ROOT)).replaceAll("-");
    int from = plain.startsWith("-") ? 1 : 0;
    int to = plain.length() - (plain.length() > from && plain.endsWith("-") ? 1 : 0);
    Matcher code = CODE.matcher(plain.substring(from, to));
    return code.matches()
        ? Optional.of(new TransferCode(code.group(1), code.group(2)))
        : Optional.empty();
  }

  /// A fresh secret of three words.
  public static String newSecret(SecureRandom random) {
    StringBuilder secret = new StringBuilder();
    for (int i = 0; i < SECRET_WORDS; i++) {
      secret.append(i == 0 ? "" : "-").append(WORDS.get(random.nextInt(WORDS.size())));
    }
    return secret.toString();
  }

  /// The 256 words that secrets are made of.
  public static List<String> words() {
    return WORDS;
  }

  /// The link of the transfer page. The secret stands behind `#`, which browsers keep to
  /// themselves.
  ///
  /// @param server base URL without a trailing slash
  public String link(String server) {
    return server + "/t/" + id + "#" + secret;
  }

  /// `id-secret`. Not for logs.
  @Override
  public String toString() {
    return id + "-" + secret;
  }

  private static List<String> readWords() {
    try (InputStream in = TransferCode.class.getResourceAsStream("/org/klatsch/rooms/words.txt")) {
      if (in == null) {
        throw new IllegalStateException("words.txt is missing from the jar");
      }
      List<String> words =
          new String(in.readAllBytes(), StandardCharsets.US_ASCII).lines().toList();
      if (words.size() != 256) {
        throw new IllegalStateException("words.txt has " + words.size() + " words, expected 256");
      }
      return words;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
