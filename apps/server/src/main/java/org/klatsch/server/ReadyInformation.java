package org.klatsch.server;

/// What somebody who just started the server wants to know.
///
/// @param url of the start page, as a program on the same machine opens it
/// @param httpPort TCP port of HTTP and WebSocket
/// @param udpPort UDP port
public record ReadyInformation(String url, int httpPort, int udpPort) {}
