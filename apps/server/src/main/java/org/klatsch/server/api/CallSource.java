package org.klatsch.server.api;

import java.util.List;

/// Somebody in this process who has telephone calls. Thread-safe.
public interface CallSource {
  /// Those that there are now.
  List<CallInformation> calls();

  /// Ends a call. False if it is gone.
  boolean hangUp(String id);
}
