package org.klatsch.net.proxy;

import java.io.IOException;

/// A proxy refused a connection, or what answered is none.
public final class ProxyException extends IOException {
  private static final long serialVersionUID = 1;

  ProxyException(String message) {
    super(message);
  }
}
