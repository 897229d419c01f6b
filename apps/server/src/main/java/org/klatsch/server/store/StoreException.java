package org.klatsch.server.store;

import java.io.IOException;

/// The store could not write. Nothing of the operation remains, and the next may succeed.
public final class StoreException extends IOException {
  private static final long serialVersionUID = 1;

  StoreException(String message, IOException cause) {
    super(message, cause);
  }
}
