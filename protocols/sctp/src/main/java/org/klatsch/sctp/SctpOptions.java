package org.klatsch.sctp;

import java.time.Duration;
import org.klatsch.sctp.tx.CongestionControl;
import org.klatsch.sctp.tx.CubicCongestionControl;

/// Settings of an association. Start from [#defaults()] and change single ones through
/// [#toBuilder()].
///
/// @param localPort SCTP source port
/// @param remotePort SCTP destination port
/// @param outgoingStreams streams asked for in INIT
/// @param incomingStreams streams accepted from the peer
/// @param receiveWindow bytes of undelivered and unconsumed data held at most
/// @param maxReceivedMessageSize longest message taken from the peer, in bytes
/// @param sendBufferLimit bytes of unacknowledged and unsent messages held at most
/// @param basePacketSize packet size used until a larger one is proven, in bytes
/// @param maxPacketSize largest packet size that discovery tries, in bytes
/// @param interleaving whether RFC 8260 is offered
/// @param partialReliability whether RFC 3758 is offered
/// @param zeroChecksum whether RFC 9653 is offered; right over DTLS only
/// @param pacing whether packets are spread over the round trip
/// @param rtoInitial RTO before the first measurement
/// @param rtoMin lower bound of RTO
/// @param rtoMax upper bound of RTO
/// @param sackDelay how long an acknowledgement may wait
/// @param heartbeatInterval how long the path may be idle before it is probed
/// @param cookieLifetime how long a state cookie is valid
/// @param maxInitRetransmits INIT and COOKIE ECHO retransmissions before giving up
/// @param maxRetransmits consecutive timeouts before the peer counts as unreachable
/// @param congestionControl makes the algorithm of an association
public record SctpOptions(
    int localPort,
    int remotePort,
    int outgoingStreams,
    int incomingStreams,
    int receiveWindow,
    int maxReceivedMessageSize,
    int sendBufferLimit,
    int basePacketSize,
    int maxPacketSize,
    boolean interleaving,
    boolean partialReliability,
    boolean zeroChecksum,
    boolean pacing,
    Duration rtoInitial,
    Duration rtoMin,
    Duration rtoMax,
    Duration sackDelay,
    Duration heartbeatInterval,
    Duration cookieLifetime,
    int maxInitRetransmits,
    int maxRetransmits,
    CongestionControl.Factory congestionControl) {

  private static final SctpOptions DEFAULTS = new Builder().build();

  public SctpOptions {
    require(localPort > 0 && localPort <= 0xffff, "localPort", localPort);
    require(remotePort > 0 && remotePort <= 0xffff, "remotePort", remotePort);
    require(outgoingStreams > 0 && outgoingStreams <= 0xffff, "outgoingStreams", outgoingStreams);
    require(incomingStreams > 0 && incomingStreams <= 0xffff, "incomingStreams", incomingStreams);
    // RFC 9260 §3.3.2: a receive window below 1500 bytes must not be advertised.
    require(receiveWindow >= 1500, "receiveWindow", receiveWindow);
    require(maxReceivedMessageSize > 0, "maxReceivedMessageSize", maxReceivedMessageSize);
    require(sendBufferLimit > 0, "sendBufferLimit", sendBufferLimit);
    require(basePacketSize >= 512 && basePacketSize <= 0xffff, "basePacketSize", basePacketSize);
    require(
        maxPacketSize >= basePacketSize && maxPacketSize <= 0xffff, "maxPacketSize", maxPacketSize);
    require(maxInitRetransmits >= 0, "maxInitRetransmits", maxInitRetransmits);
    require(maxRetransmits >= 0, "maxRetransmits", maxRetransmits);
    if (rtoMin.compareTo(rtoMax) > 0 || rtoMin.isNegative() || rtoMin.isZero()) {
      throw new IllegalArgumentException("rtoMin " + rtoMin + " must be in 0 to rtoMax " + rtoMax);
    }
  }

  /// The defaults for data channels.
  public static SctpOptions defaults() {
    return DEFAULTS;
  }

  /// A builder that starts from these values.
  public Builder toBuilder() {
    return new Builder(this);
  }

  private static void require(boolean holds, String name, int value) {
    if (!holds) {
      throw new IllegalArgumentException(name + " " + value + " is out of range");
    }
  }

  /// Collects changes to the defaults. The reasons for the defaults stand here.
  public static final class Builder {
    /// The port that SDP calls customary, RFC 8841 §12.1.
    private int localPort = 5000;

    private int remotePort = 5000;

    /// The most that RFC 8831 §6.2 asks for, so that no channel waits for more streams; a stream
    /// costs memory only once it is used.
    private int outgoingStreams = 65_535;

    private int incomingStreams = 65_535;

    /// Two bandwidth-delay products of 100 Mbit/s × 300 ms, so that a loss repaired after a second
    /// round trip does not stop the sender.
    private int receiveWindow = 8 * 1024 * 1024;

    /// What this side announces as `a=max-message-size` (RFC 8841 §6), equal to Chromium's.
    private int maxReceivedMessageSize = 256 * 1024;

    /// Twice the receive window: one in flight, one waiting.
    private int sendBufferLimit = 16 * 1024 * 1024;

    /// The IPv6 minimum of 1280 less IPv6 (40), UDP (8) and DTLS 1.2 with GCM (37), down to a
    /// multiple of 4: fits every path, and its UDP payload is at least RFC 8899's BASE_PLPMTU of
    /// 1200.
    private int basePacketSize = 1192;

    /// Ethernet's 1500 less the same headers.
    private int maxPacketSize = 1412;

    private boolean interleaving = true;
    private boolean partialReliability = true;
    private boolean zeroChecksum = true;
    private boolean pacing = true;

    /// RFC 9260 §16 says 1 s; handshake packets are small and ICE has measured the path already.
    private Duration rtoInitial = Duration.ofMillis(500);

    /// Twice the 200 ms by which a peer may delay its acknowledgement (RFC 9260 §6.2); the
    /// recommended second costs too much after a loss that probes did not repair.
    private Duration rtoMin = Duration.ofMillis(400);

    /// RFC 9260 §16 says 60 s; consent freshness (RFC 7675) ends a dead path after 30 s, and a
    /// revived one shall be used soon.
    private Duration rtoMax = Duration.ofSeconds(10);

    /// Well below the 200 ms of RFC 9260 §6.2, so that a lone message is confirmed soon, and long
    /// enough for an answer to carry the acknowledgement.
    private Duration sackDelay = Duration.ofMillis(40);

    /// HB.interval, RFC 9260 §16.
    private Duration heartbeatInterval = Duration.ofSeconds(30);

    /// Valid.Cookie.Life, RFC 9260 §16.
    private Duration cookieLifetime = Duration.ofSeconds(60);

    /// Max.Init.Retransmits, RFC 9260 §16.
    private int maxInitRetransmits = 8;

    /// Association.Max.Retrans, RFC 9260 §16.
    private int maxRetransmits = 10;

    private CongestionControl.Factory congestionControl = CubicCongestionControl::new;

    /// Starts from the defaults.
    public Builder() {}

    private Builder(SctpOptions o) {
      localPort = o.localPort;
      remotePort = o.remotePort;
      outgoingStreams = o.outgoingStreams;
      incomingStreams = o.incomingStreams;
      receiveWindow = o.receiveWindow;
      maxReceivedMessageSize = o.maxReceivedMessageSize;
      sendBufferLimit = o.sendBufferLimit;
      basePacketSize = o.basePacketSize;
      maxPacketSize = o.maxPacketSize;
      interleaving = o.interleaving;
      partialReliability = o.partialReliability;
      zeroChecksum = o.zeroChecksum;
      pacing = o.pacing;
      rtoInitial = o.rtoInitial;
      rtoMin = o.rtoMin;
      rtoMax = o.rtoMax;
      sackDelay = o.sackDelay;
      heartbeatInterval = o.heartbeatInterval;
      cookieLifetime = o.cookieLifetime;
      maxInitRetransmits = o.maxInitRetransmits;
      maxRetransmits = o.maxRetransmits;
      congestionControl = o.congestionControl;
    }

    public Builder ports(int local, int remote) {
      this.localPort = local;
      this.remotePort = remote;
      return this;
    }

    public Builder streams(int outgoing, int incoming) {
      this.outgoingStreams = outgoing;
      this.incomingStreams = incoming;
      return this;
    }

    public Builder receiveWindow(int bytes) {
      this.receiveWindow = bytes;
      return this;
    }

    public Builder maxReceivedMessageSize(int bytes) {
      this.maxReceivedMessageSize = bytes;
      return this;
    }

    public Builder sendBufferLimit(int bytes) {
      this.sendBufferLimit = bytes;
      return this;
    }

    public Builder packetSize(int base, int max) {
      this.basePacketSize = base;
      this.maxPacketSize = max;
      return this;
    }

    public Builder interleaving(boolean offered) {
      this.interleaving = offered;
      return this;
    }

    public Builder partialReliability(boolean offered) {
      this.partialReliability = offered;
      return this;
    }

    public Builder zeroChecksum(boolean offered) {
      this.zeroChecksum = offered;
      return this;
    }

    public Builder pacing(boolean on) {
      this.pacing = on;
      return this;
    }

    public Builder rto(Duration initial, Duration min, Duration max) {
      this.rtoInitial = initial;
      this.rtoMin = min;
      this.rtoMax = max;
      return this;
    }

    public Builder sackDelay(Duration delay) {
      this.sackDelay = delay;
      return this;
    }

    public Builder heartbeatInterval(Duration interval) {
      this.heartbeatInterval = interval;
      return this;
    }

    public Builder cookieLifetime(Duration lifetime) {
      this.cookieLifetime = lifetime;
      return this;
    }

    public Builder maxRetransmits(int init, int association) {
      this.maxInitRetransmits = init;
      this.maxRetransmits = association;
      return this;
    }

    public Builder congestionControl(CongestionControl.Factory factory) {
      this.congestionControl = factory;
      return this;
    }

    public SctpOptions build() {
      return new SctpOptions(
          localPort,
          remotePort,
          outgoingStreams,
          incomingStreams,
          receiveWindow,
          maxReceivedMessageSize,
          sendBufferLimit,
          basePacketSize,
          maxPacketSize,
          interleaving,
          partialReliability,
          zeroChecksum,
          pacing,
          rtoInitial,
          rtoMin,
          rtoMax,
          sackDelay,
          heartbeatInterval,
          cookieLifetime,
          maxInitRetransmits,
          maxRetransmits,
          congestionControl);
    }
  }
}
