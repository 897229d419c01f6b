/// Browsers and other stacks as peers.
module org.klatsch.interop {
  requires static org.jspecify;
  requires java.net.http;
  requires transitive tools.jackson.databind;
  requires transitive org.klatsch.testkit;

  exports org.klatsch.interop;
}
