/// DTLS 1.2 and 1.3, use_srtp, exporters and certificates (RFC 6347, RFC 9147).
module org.klatsch.dtls {
  requires static org.jspecify;
  requires transitive org.klatsch.sansio;

  exports org.klatsch.dtls;
}
