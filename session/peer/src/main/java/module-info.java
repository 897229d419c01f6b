/// A whole WebRTC session without threads or sockets, and JSEP (RFC 9429).
module org.klatsch.peer {
  requires static org.jspecify;
  requires transitive org.klatsch.ice;
  requires transitive org.klatsch.dtls;
  requires transitive org.klatsch.srtp;
  requires transitive org.klatsch.sctp;
  requires transitive org.klatsch.media;
  requires transitive org.klatsch.sdp;

  exports org.klatsch.peer;
  exports org.klatsch.peer.jsep;
}
