/// STUN messages, attributes, integrity and transactions (RFC 8489).
module org.klatsch.stun {
  requires static org.jspecify;
  requires transitive org.klatsch.sansio;

  exports org.klatsch.stun;
}
