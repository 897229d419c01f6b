/// The examples of the user guide.
module org.klatsch.examples {
  requires static org.jspecify;
  requires transitive org.klatsch.webrtc;
  requires transitive org.klatsch.rooms;

  exports org.klatsch.examples;
}
