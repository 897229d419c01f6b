package org.klatsch.codecs;

/// No provider has the codec that is needed; the message says what is installed and what to add.
public final class CodecUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1;

  CodecUnavailableException(String message) {
    super(message);
  }
}
