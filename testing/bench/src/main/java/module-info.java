/// Benchmarks against peers.
module org.klatsch.bench {
  requires static org.jspecify;
  requires jdk.httpserver;
  requires jdk.management;
  requires org.klatsch.interop;
  requires org.klatsch.server;
  requires org.klatsch.srtp;
  requires org.klatsch.webrtc;
  requires tools.jackson.databind;

  uses org.klatsch.codecs.CodecProvider;

  exports org.klatsch.bench;
}
