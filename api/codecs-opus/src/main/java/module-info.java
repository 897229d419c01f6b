/// Opus in pure Java.
module org.klatsch.codecs.opus {
  requires static org.jspecify;
  requires transitive org.klatsch.codecs;
}
