/// SDP grammar and typed attributes (RFC 8866).
module org.klatsch.sdp {
  requires static org.jspecify;
  requires transitive org.klatsch.sansio;

  exports org.klatsch.sdp;
}
