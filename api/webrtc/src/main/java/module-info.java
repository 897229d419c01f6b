/// The W3C API: RTCPeerConnection and RTCDataChannel.
module org.klatsch.webrtc {
  requires static org.jspecify;
  requires transitive org.klatsch.peer;
  requires transitive org.klatsch.net;
  requires transitive org.klatsch.codecs;
  requires jdk.jfr;

  exports org.klatsch.webrtc;
}
