/// Browsers and other stacks as peers.
module org.klatsch.interop {
  requires static org.jspecify;
  requires transitive org.klatsch.server;
  requires transitive org.klatsch.cli;
  requires transitive org.klatsch.testkit;

}
