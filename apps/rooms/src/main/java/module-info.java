/// Room client and the file-transfer protocol.
module org.klatsch.rooms {
  requires static org.jspecify;
  requires transitive org.klatsch.webrtc;
}
