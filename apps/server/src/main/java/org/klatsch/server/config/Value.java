package org.klatsch.server.config;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A value as somebody wrote it.
///
/// @param origin where, for people: `klatsch.yaml:12: turn.realm`, `--turn-realm` or
///   `KLATSCH_TURN_REALM`
public record Value(String origin, String text) {
  private static final Pattern DURATION =
      Pattern.compile("([0-9]{1,9})\\s*(ms|s|m|min|h|d)?", Pattern.CASE_INSENSITIVE);

  /// That the value is not good.
  ///
  /// @param expected what would be
  public ConfigurationException bad(String expected) {
    return new ConfigurationException(origin + ": \"" + text + "\", expected " + expected);
  }

  /// The same without showing the value, which may be secret.
  public ConfigurationException badSecret(String problem) {
    return new ConfigurationException(origin + ": " + problem);
  }

  public int integer(int min, int max) throws ConfigurationException {
    try {
      int number = Integer.parseInt(text.strip());
      if (number >= min && number <= max) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Told below.
    }
    throw bad(
        max == Integer.MAX_VALUE
            ? "a whole number from " + min
            : "a whole number from " + min + " to " + max);
  }

  public boolean bool() throws ConfigurationException {
    return switch (text.strip().toLowerCase(Locale.ROOT)) {
      case "true", "on", "yes" -> true;
      case "false", "off", "no" -> false;
      default -> throw bad("true or false");
    };
  }

  /// A whole number with a unit: ms, s, m, h or d; seconds without one.
  public Duration duration() throws ConfigurationException {
    Matcher matcher = DURATION.matcher(text.strip());
    if (!matcher.matches()) {
      throw bad("a time as 30s, 5m, 2h or 1d");
    }
    long number = Long.parseLong(matcher.group(1));
    String unit = matcher.group(2) == null ? "s" : matcher.group(2).toLowerCase(Locale.ROOT);
    return switch (unit) {
      case "ms" -> Duration.ofMillis(number);
      case "m", "min" -> Duration.ofMinutes(number);
      case "h" -> Duration.ofHours(number);
      case "d" -> Duration.ofDays(number);
      default -> Duration.ofSeconds(number);
    };
  }

  /// One of a few words.
  public String oneOf(String... words) throws ConfigurationException {
    String given = text.strip().toLowerCase(Locale.ROOT);
    for (String word : words) {
      if (word.equals(given)) {
        return word;
      }
    }
    throw bad(String.join(" or ", words));
  }

  public Path path() throws ConfigurationException {
    if (text.isBlank()) {
      throw bad("a path");
    }
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      throw bad("a path");
    }
  }
}
