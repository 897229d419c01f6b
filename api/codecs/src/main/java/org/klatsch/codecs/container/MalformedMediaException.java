package org.klatsch.codecs.container;

import java.io.IOException;

/// A file does not follow its format, or needs something that is not read here.
public final class MalformedMediaException extends IOException {
  private static final long serialVersionUID = 1;

  MalformedMediaException(String reason) {
    super(reason);
  }
}
