/// DTLS, use_srtp, exporters and certificates (RFC 6347).
module org.klatsch.dtls {
  requires static org.jspecify;
  requires transitive org.klatsch.sansio;

  exports org.klatsch.dtls;
}
