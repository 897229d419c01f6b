/// Web page, signalling and rooms.
module org.klatsch.server {
  requires static org.jspecify;
  requires transitive org.klatsch.rooms;

}
