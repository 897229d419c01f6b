package org.klatsch.server.config;

/// The configuration cannot be used. The message is one line for a person: where, what, and what
/// was expected.
public final class ConfigurationException extends Exception {
  private static final long serialVersionUID = 1;

  private final String text;

  public ConfigurationException(String message) {
    super(message, null, false, false);
    text = message;
  }

  /// Never null, unlike [#getMessage].
  public String text() {
    return text;
  }
}
