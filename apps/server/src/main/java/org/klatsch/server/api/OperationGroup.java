package org.klatsch.server.api;

import java.util.List;

/// Operations that belong together.
public sealed interface OperationGroup permits TenantOperations, RoomOperations, ServerOperations {
  /// All of them.
  List<Operation> operations();
}
