/// Room client and the file-transfer protocol.
module org.klatsch.rooms {
  requires static org.jspecify;
  requires transitive org.klatsch.sansio;
  requires transitive org.klatsch.webrtc;
  requires java.net.http;
  requires tools.jackson.databind;

  exports org.klatsch.rooms;
  exports org.klatsch.rooms.secret;
  exports org.klatsch.rooms.transfer;
}
