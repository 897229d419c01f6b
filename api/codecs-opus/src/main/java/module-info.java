/// Opus in pure Java, or by the system's libopus: the one module that sees concentus, which is not
/// a Java module itself.
module org.klatsch.codecs.opus {
  requires static org.jspecify;
  requires transitive org.klatsch.codecs;
  requires concentus;

  provides org.klatsch.codecs.CodecProvider with
      org.klatsch.codecs.opus.ConcentusCodecs,
      org.klatsch.codecs.opus.LibOpusCodecs;
}
