/// SRTP and SRTCP transforms, key derivation and replay protection (RFC 3711, 6188, 7714, 9335).
module org.klatsch.srtp {
  requires static org.jspecify;
  requires transitive org.klatsch.sansio;

  exports org.klatsch.srtp;
}
