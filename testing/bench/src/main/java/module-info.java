/// Benchmarks against peers.
module org.klatsch.bench {
  requires static org.jspecify;
  requires transitive org.klatsch.webrtc;
  requires transitive org.klatsch.server;
  requires transitive org.klatsch.cli;
  requires transitive org.klatsch.testkit;

}
