/// SCTP association and WebRTC data channels (RFC 9260, 8831, 8832).
module org.klatsch.sctp {
  requires static org.jspecify;
  requires transitive org.klatsch.sansio;

  exports org.klatsch.sctp;
  exports org.klatsch.sctp.dcep;
  exports org.klatsch.sctp.packet;
  exports org.klatsch.sctp.tx;
}
