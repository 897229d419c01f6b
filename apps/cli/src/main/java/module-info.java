/// The klatsch command.
module org.klatsch.cli {
  requires static org.jspecify;
  requires java.net.http;
  requires transitive org.klatsch.server;
  requires org.klatsch.gateway;
  requires transitive org.klatsch.rooms;
  requires transitive org.klatsch.webrtc;
  requires org.klatsch.whip;
  requires info.picocli;
  requires tools.jackson.databind;
  requires com.google.zxing;
  requires org.slf4j;
  requires ch.qos.logback.classic;
  requires ch.qos.logback.core;

  exports org.klatsch.cli;

  // picocli finds the options of the commands by reflection.
  opens org.klatsch.cli to
      info.picocli;
}
