package org.klatsch.server;

/// What somebody who just started the server wants to know.
///
/// @param url of the start page, as a program on the same machine opens it
/// @param httpPort TCP port of HTTP and WebSocket
/// @param udpPort UDP port
/// @param admin who administers it
public record ReadyInformation(String url, int httpPort, int udpPort, Admin admin) {

  /// The administrator of `/admin` and of the REST interface.
  public record Admin(String user, String password) {
    /// Never shows the password.
    @Override
    public String toString() {
      return "Admin[" + user + "]";
    }
  }
}
