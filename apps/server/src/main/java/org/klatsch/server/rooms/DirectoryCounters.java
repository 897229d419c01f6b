package org.klatsch.server.rooms;

/// What the directory counts. The label values are few and fixed.
public interface DirectoryCounters {

  /// A well-formed message of one of the types of the protocol, or `unknown`.
  void received(String type);

  void error(ErrorCode code);

  void joined(boolean transfer);

  void resumed();

  /// Counts nothing.
  DirectoryCounters NONE =
      new DirectoryCounters() {
        @Override
        public void received(String type) {}

        @Override
        public void error(ErrorCode code) {}

        @Override
        public void joined(boolean transfer) {}

        @Override
        public void resumed() {}
      };
}
