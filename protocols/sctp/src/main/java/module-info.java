/// SCTP association and WebRTC data channels (RFC 9260, 8831, 8832).
module org.klatsch.sctp {
  requires static org.jspecify;
  requires transitive org.klatsch.sansio;

}
