/// Architecture rules.
module org.klatsch.rules {
  requires static org.jspecify;
  requires transitive org.klatsch.server;
  requires transitive org.klatsch.cli;
  requires transitive org.klatsch.testkit;

}
