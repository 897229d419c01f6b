/// WHIP and WHEP client.
module org.klatsch.whip {
  requires static org.jspecify;
  requires transitive org.klatsch.webrtc;
  requires transitive java.net.http;

  exports org.klatsch.whip;
}
