package org.klatsch.gateway.media;

import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.klatsch.media.MediaEvent;
import org.klatsch.media.RtpTransport;
import org.klatsch.media.RtpTransportOptions;
import org.klatsch.sansio.PacketCore;
import org.klatsch.sansio.TransmitBuffer;
import org.klatsch.sansio.TransportAddress;
import org.klatsch.srtp.SrtpContext;
import org.klatsch.srtp.SrtpException;

/// RTP and RTCP with a telephone: no ICE, two ports or one (RFC 5761), in the clear or protected
/// with keys that SDP carried.
///
/// A far end behind a NAT sends from elsewhere than its SDP says, so packets go to where they come
/// from (RFC 4961). What guards against a stranger who sends first or in mid-call: another *port*
/// of the signalled host is believed, another *host* only where the signalled one cannot be reached
/// from here anyway, or the trunk is known to be behind a NAT, or the packets come from this very
/// machine, and a source that sends is never replaced by another.
final class PlainRtp implements PacketCore<MediaEvent> {
  /// A source that was silent for so long may be replaced; a talker sends every 20 to 60 ms.
  private static final long SILENCE = 2_000_000_000L;

  private final RtpTransport transport;
  private TransportAddress localRtp = TransportAddress.ofIpv4(0, 0);
  private TransportAddress localRtcp = localRtp;

  private @Nullable TransportAddress signalled;
  private boolean anyHost;
  private boolean multiplexed;
  private @Nullable TransportAddress rtp;
  private @Nullable TransportAddress rtcp;
  private boolean heard;
  private long lastHeard;
  private @Nullable SrtpContext outbound;
  private @Nullable SrtpContext inbound;

  private long strangers;
  private long unauthentic;

  PlainRtp(RandomGenerator random) {
    this.transport = new RtpTransport(RtpTransportOptions.DEFAULT, random);
  }

  RtpTransport transport() {
    return transport;
  }

  /// The two ports of ours; the same twice where there is one.
  void locals(TransportAddress forRtp, TransportAddress forRtcp) {
    localRtp = forRtp;
    localRtcp = forRtcp;
  }

  /// Sets or changes where the far end is.
  ///
  /// @param forRtp as signalled
  /// @param forRtcp as signalled, or by the rule of the next port
  /// @param mux whether RTCP uses the port of RTP on both sides
  /// @param nat whether the far end may be at another host than it says
  void remote(
      long now, TransportAddress forRtp, TransportAddress forRtcp, boolean mux, boolean nat) {
    multiplexed = mux;
    anyHost = nat;
    if (!forRtp.equals(signalled)) {
      signalled = forRtp;
      rtp = forRtp;
      rtcp = mux ? forRtp : forRtcp;
      heard = false;
    }
    transport.connect(now);
  }

  /// Sets the keys; null for RTP in the clear.
  void keys(@Nullable SrtpContext out, @Nullable SrtpContext in) {
    outbound = out;
    inbound = in;
  }

  /// Packets from others than the far end.
  long strangers() {
    return strangers;
  }

  /// Packets whose authentication failed, or that came twice.
  long unauthentic() {
    return unauthentic;
  }

  @Override
  public void handlePacket(
      long now,
      TransportAddress local,
      TransportAddress remote,
      int ecn,
      byte[] buffer,
      int offset,
      int length) {
    TransportAddress expected = signalled;
    if (expected == null || length < 4 || (buffer[offset] & 0xc0) != 0x80) {
      strangers++;
      return;
    }
    // RFC 5761 §4: packet types 192 to 223 are RTCP.
    boolean control = (buffer[offset + 1] & 0xe0) == 0xc0;
    if (control && !remote.hasSameHost(rtp == null ? expected : rtp)
        || !control && !remote.equals(rtp) && !mayReplace(now, expected, remote)) {
      strangers++;
      return;
    }
    int plain = length;
    SrtpContext context = inbound;
    if (context != null) {
      try {
        plain =
            control
                ? context.unprotectRtcp(buffer, offset, length)
                : context.unprotectRtp(buffer, offset, length);
      } catch (SrtpException e) {
        unauthentic++;
        return;
      }
    }
    if (control) {
      if (!multiplexed) {
        rtcp = remote;
      }
      transport.handleRtcp(now, buffer, offset, plain);
      return;
    }
    if (!remote.equals(rtp)) {
      if (multiplexed) {
        rtcp = remote;
      } else if (remote.port() < 0xffff) {
        rtcp = remote.withPort(remote.port() + 1);
      }
      rtp = remote;
    }
    heard = true;
    lastHeard = now;
    transport.handleRtp(now, buffer, offset, plain);
  }

  private boolean mayReplace(long now, TransportAddress expected, TransportAddress remote) {
    if (heard && now - lastHeard < SILENCE) {
      return false;
    }
    return remote.hasSameHost(expected)
        || anyHost
        // A telephone on this machine names another of its addresses than the one it sends from.
        || remote.isLoopback()
        || expected.isPrivate() && !remote.isPrivate() && !remote.isLoopback();
  }

  @Override
  public void handleTimeout(long now) {
    transport.handleTimeout(now);
  }

  @Override
  public long nextTimeout() {
    return transport.nextTimeout();
  }

  @Override
  public boolean pollTransmit(long now, TransmitBuffer out) {
    SrtpContext context = outbound;
    int tail = context == null ? 0 : Math.max(context.rtpOverhead(), context.rtcpOverhead());
    while (!out.isFull()) {
      byte[] array = out.array();
      int offset = out.position();
      int length = transport.writeTransmit(now, array, offset, out.remaining() - tail);
      if (length == 0) {
        return false;
      }
      boolean control = (array[offset + 1] & 0xe0) == 0xc0;
      try {
        if (context != null) {
          length =
              control
                  ? context.protectRtcp(array, offset, length)
                  : context.protectRtp(array, offset, length);
        }
      } catch (SrtpException e) {
        unauthentic++;
        continue;
      }
      out.route(control && !multiplexed ? localRtcp : localRtp, control ? rtcp : rtp);
      out.commit(length);
      return true;
    }
    return false;
  }

  @Override
  public @Nullable MediaEvent pollEvent() {
    return transport.pollEvent();
  }
}
