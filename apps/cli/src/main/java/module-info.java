/// The klatsch command.
module org.klatsch.cli {
  requires static org.jspecify;
  requires transitive org.klatsch.server;
  requires transitive org.klatsch.rooms;
  requires transitive org.klatsch.webrtc;

}
