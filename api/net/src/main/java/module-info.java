/// Event loops, sockets and segmentation offload beneath sessions.
module org.klatsch.net {
  requires static org.jspecify;
  requires jdk.jfr;
  requires jdk.net;
  requires transitive org.klatsch.peer;

  exports org.klatsch.net;
  exports org.klatsch.net.proxy;
}
