/// Calls between browsers and SIP.
module org.klatsch.gateway {
  requires static org.jspecify;
  requires transitive org.klatsch.sip;
  requires transitive org.klatsch.server;
  requires transitive org.klatsch.webrtc;
  requires tools.jackson.databind;
  requires tools.jackson.dataformat.yaml;
  requires java.naming;
  requires org.slf4j;

  exports org.klatsch.gateway;
  exports org.klatsch.gateway.config;
}
