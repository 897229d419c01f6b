package org.klatsch.server.rooms;

/// Is told what happens in rooms, as they are seen from outside. Called under the directory's lock:
/// never blocks.
public interface RoomObserver {
  /// The first member is there.
  void roomStarted(String tenant, String room);

  /// The last member has left.
  void roomEnded(String tenant, String room);

  void memberJoined(String tenant, String room, MemberInformation member);

  /// @param reason as members are told
  void memberLeft(String tenant, String room, MemberInformation member, String reason);

  /// Does nothing.
  RoomObserver NONE =
      new RoomObserver() {
        @Override
        public void roomStarted(String tenant, String room) {}

        @Override
        public void roomEnded(String tenant, String room) {}

        @Override
        public void memberJoined(String tenant, String room, MemberInformation member) {}

        @Override
        public void memberLeft(
            String tenant, String room, MemberInformation member, String reason) {}
      };
}
