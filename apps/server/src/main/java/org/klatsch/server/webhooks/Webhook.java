package org.klatsch.server.webhooks;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/// Where a tenant wants to be told of what.
///
/// @param secret signs the requests; shown to nobody after it was made
/// @param events types as `room.started`, or `*` for all
public record Webhook(String id, String tenant, URI url, String secret, List<String> events) {
  private static final int MAX_URL = 2048;
  private static final int MAX_EVENTS = 32;
  private static final int MIN_SECRET = 8;
  private static final int MAX_SECRET = 1024;
  private static final Pattern EVENT = Pattern.compile("\\*|[a-z]{1,32}\\.([a-z-]{1,32}|\\*)");

  public Webhook {
    events = List.copyOf(events);
    if (events.isEmpty() || events.size() > MAX_EVENTS) {
      throw new IllegalArgumentException(
          events.size() + " types of events, expected 1 to " + MAX_EVENTS);
    }
    for (String event : events) {
      if (!EVENT.matcher(event).matches()) {
        throw new IllegalArgumentException(
            "\"" + event + "\" is no type of events, as room.started, member.* or *");
      }
    }
    int length = secret.getBytes(StandardCharsets.UTF_8).length;
    if (length < MIN_SECRET || length > MAX_SECRET) {
      throw new IllegalArgumentException(
          "a secret of " + length + " bytes, expected " + MIN_SECRET + " to " + MAX_SECRET);
    }
  }

  /// Reads a URL that can be called.
  ///
  /// @throws IllegalArgumentException if it cannot
  public static URI parseUrl(String text) {
    URI url;
    try {
      url = new URI(text);
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException("\"" + text + "\" is no URL", e);
    }
    String scheme = url.getScheme() == null ? "" : url.getScheme().toLowerCase(Locale.ROOT);
    if (!scheme.equals("https") && !scheme.equals("http")
        || url.getHost() == null
        || url.getRawUserInfo() != null
        || url.getRawFragment() != null
        || text.length() > MAX_URL) {
      throw new IllegalArgumentException(
          "\"" + text + "\", expected https://host/path without user and fragment");
    }
    return url;
  }

  /// Whether it is told of events of this type.
  boolean wants(String event) {
    for (String each : events) {
      if (each.equals("*")
          || each.equals(event)
          || each.endsWith(".*") && event.startsWith(each.substring(0, each.length() - 1))) {
        return true;
      }
    }
    return false;
  }

  /// Never shows the secret.
  @Override
  public String toString() {
    return "Webhook[" + id + " of " + tenant + ", " + url.getHost() + "]";
  }
}
