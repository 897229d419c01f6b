/// Web page, signalling and rooms.
module org.klatsch.server {
  requires static org.jspecify;
  requires transitive org.klatsch.rooms;
  requires org.klatsch.stun;
  requires org.eclipse.jetty.server;
  requires org.eclipse.jetty.websocket.server;
  requires tools.jackson.databind;
  requires tools.jackson.dataformat.yaml;
  requires io.prometheus.metrics.core;
  requires io.prometheus.metrics.model;
  requires io.prometheus.metrics.instrumentation.jvm;
  requires io.prometheus.writer.text;
  requires org.slf4j;
  requires java.management;

  exports org.klatsch.server;
  exports org.klatsch.server.api;
  exports org.klatsch.server.config;
  exports org.klatsch.server.rooms;
  exports org.klatsch.server.sockets;
  exports org.klatsch.server.store;
  exports org.klatsch.server.tenants;
  exports org.klatsch.server.tls;
  exports org.klatsch.server.turn;
  exports org.klatsch.server.media;
  exports org.klatsch.server.webhooks;
  exports org.klatsch.server.http to
      org.eclipse.jetty.websocket.common;
}
