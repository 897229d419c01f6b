/// TURN: a client's allocation and a relay server (RFC 8656).
module org.klatsch.turn {
  requires static org.jspecify;
  requires transitive org.klatsch.stun;

  exports org.klatsch.turn;
  exports org.klatsch.turn.server;
}
