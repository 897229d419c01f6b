/// Event loops, sockets and segmentation offload beneath sessions.
module org.klatsch.net {
  requires static org.jspecify;
  requires transitive org.klatsch.peer;

}
