/// ICE agent, candidates, check lists and consent (RFC 8445).
module org.klatsch.ice {
  requires static org.jspecify;
  requires transitive org.klatsch.stun;
  requires transitive org.klatsch.turn;

  exports org.klatsch.ice;
  exports org.klatsch.ice.mdns;
}
