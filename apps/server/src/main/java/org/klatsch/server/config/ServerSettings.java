package org.klatsch.server.config;

import java.util.List;

/// The scalar keys of the server outside lists, each a flag and a variable too.
public final class ServerSettings {
  public static final List<Setting> ALL =
      List.of(
          new Setting(
              "host",
              "ADDRESS",
              "",
              "Where to listen; 0.0.0.0 is every address. Default: 127.0.0.1."),
          new Setting("port", "N", "", "TCP port, 0 for a free one. Default: 8080."),
          new Setting("udpPort", "N", "", "UDP port. Default: the number of the TCP port."),
          new Setting(
              "tls",
              "on|off",
              "on",
              "HTTPS. On by itself when --host is not loopback, as browsers hash files on secure pages only; off behind a proxy."),
          new Setting("cert", "FILE", "", "Certificate chain (PEM)."),
          new Setting("key", "FILE", "", "Private key (PEM, PKCS#8)."),
          new Setting("data", "DIR", "", "What is kept. Default: $XDG_DATA_HOME/klatsch."),
          new Setting(
              "origins",
              "URL,…",
              "",
              "Origins of other pages that may use this server, as https://example.org."),
          new Setting("iceServers", "URL,…", "", "STUN servers told to clients beside the own."),
          new Setting(
              "trustForwarded",
              "true|false",
              "true",
              "Take the clients' addresses from X-Forwarded-For: only behind a proxy that sets it."),
          new Setting("drain", "TIME", "", "How long goodbyes may take at the end. Default: 5s."),
          new Setting(
              "drainNotice",
              "TIME",
              "",
              "How long before the end /readyz tells of it, for load balancers. Default: 0s."),
          new Setting("admin.user", "NAME", "", "Who administers the server. Default: admin."),
          new Setting(
              "admin.password",
              "PASSWORD",
              "",
              "Of the administrator, 8 characters at least. Default: made at the first start."),
          new Setting(
              "admin.token",
              "TOKEN",
              "",
              "Shows /inspect to whoever has it, 16 characters at least; this machine needs none."),
          new Setting(
              "turn.secret", "SECRET", "", "Shared with whoever gives out time-limited names."),
          new Setting(
              "turn.realm", "REALM", "", "What clients of the relay see. Default: klatsch."),
          new Setting("turn.relayPorts", "A-B", "", "Ports to relay from. Default: 49152-65535."),
          new Setting(
              "turn.allowPeers",
              "CIDR,…",
              "",
              "Ranges relayed to although they are private, loopback or this machine's own."),
          new Setting(
              "turn.alternate",
              "ADDRESS:PORT",
              "",
              "A second address of this machine and another port, for clients that find out how their NAT behaves."),
          new Setting(
              "rooms.open",
              "true|false",
              "true",
              "Rooms and transfers need no token. Default: as long as no tenant has a key."),
          new Setting(
              "rooms.history",
              "N",
              "",
              "Lines of chat kept of each room, 0: chat goes from peer to peer. Default: 200."),
          new Setting(
              "rooms.historyKept",
              "TIME",
              "",
              "How long they are kept after the last. Default: 30d."),
          new Setting(
              "store.sync",
              "WHEN",
              "",
              "Force what is kept to the disk always, in an interval, or never. Default: interval."),
          new Setting(
              "webhooks.allow",
              "CIDR,…",
              "",
              "Ranges that webhooks may call although they are private. Default: none."),
          new Setting("limits.connections", "N", "", "WebSockets at once. Default: 10000."),
          new Setting(
              "limits.connectionsPerSource",
              "N",
              "",
              "WebSockets of one address at once. Default: 256."),
          new Setting("limits.rooms", "N", "", "Rooms at once. Default: 5000."),
          new Setting("limits.transfers", "N", "", "Transfers at once. Default: 5000."),
          new Setting("limits.members", "N", "", "Members of one room. Default: 16."));

  private ServerSettings() {}
}
