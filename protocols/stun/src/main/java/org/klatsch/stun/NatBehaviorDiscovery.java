package org.klatsch.stun;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import org.klatsch.sansio.PacketCore;
import org.klatsch.sansio.ProtocolCore;
import org.klatsch.sansio.TransmitBuffer;
import org.klatsch.sansio.TransportAddress;

/// Finds out how the NATs before this host behave, RFC 5780 §4, by asking one STUN server from one
/// fresh port: filtering first, as any packet to the server's other address opens the filter for
/// it, then mapping. Its only event is the result.
///
/// With a server of one address (most have no more) filtering stays unknown, and mapping is told by
/// a second server, if one is given.
///
/// Usage: [#start], then drive it as any core, from a UDP port that nothing else was sent from. It
/// takes up to 20 s, as not being answered is the sign of a filter. Not thread-safe.
public final class NatBehaviorDiscovery implements PacketCore<NatBehavior> {
  /// Four transmissions, then 2 s: 5.5 s for a packet that a filter drops. RFC 5780 §4 leaves it to
  /// the client.
  public static final RetransmissionSchedule SCHEDULE =
      new RetransmissionSchedule(Duration.ofMillis(500), 4, 4, Duration.ofSeconds(5));

  /// RFC 5780 §7.2: flags A and B.
  private static final int CHANGE_ADDRESS = 4;

  private static final int CHANGE_PORT = 2;

  /// Makes the request so long that the answer with all addresses is no amplification, which
  /// servers may refuse to be.
  private static final String SOFTWARE = "Klatsch NAT behavior discovery";

  private enum Test {
    BINDING,
    FILTERING_OF_ADDRESS,
    FILTERING_OF_PORT,
    MAPPING_OF_ADDRESS,
    MAPPING_OF_PORT,
    MAPPING_OF_SECOND_SERVER
  }

  private final TransportAddress local;
  private final TransportAddress server;
  private final @Nullable TransportAddress second;
  private final SecureRandom random;
  private final Queue<NatBehavior> events = new ArrayDeque<>();
  private final StunMessage message = new StunMessage();
  private final StunMessageWriter writer = new StunMessageWriter();
  private @Nullable Test test;
  private @Nullable StunTransaction transaction;

  /// Where the request of the current test goes, and where its answer must come from.
  private TransportAddress target;

  private TransportAddress source;
  private @Nullable TransportAddress other;
  private @Nullable TransportAddress mapped;
  private @Nullable TransportAddress mappedAtOtherAddress;
  private NatBehavior.Filtering filtering = NatBehavior.Filtering.UNKNOWN;

  /// @param local the address and port that packets go out of
  /// @param second another server, for when the first has one address only; or null
  public NatBehaviorDiscovery(
      TransportAddress local,
      TransportAddress server,
      @Nullable TransportAddress second,
      SecureRandom random) {
    this.local = local;
    this.server = server;
    this.second = second;
    this.random = random;
    this.target = server;
    this.source = server;
  }

  /// Begins; once.
  public void start(long now) {
    if (test != null || !events.isEmpty()) {
      throw new IllegalStateException("start was called before");
    }
    begin(now, Test.BINDING, server, server);
  }

  private void begin(long now, Test next, TransportAddress to, TransportAddress from) {
    test = next;
    target = to;
    source = from;
    transaction = StunTransaction.overUdp(TransactionId.random(random), SCHEDULE, now);
  }

  @Override
  public void handlePacket(
      long now,
      TransportAddress to,
      TransportAddress from,
      int ecn,
      byte[] buffer,
      int offset,
      int length) {
    StunTransaction current = transaction;
    if (current == null) {
      return;
    }
    try {
      message.reset(buffer, offset, length);
      boolean success = message.is(StunClass.SUCCESS_RESPONSE, StunMethod.BINDING);
      if (!message.belongsTo(current.id())
          || !success && !message.is(StunClass.ERROR_RESPONSE, StunMethod.BINDING)
          || message.has(StunAttributeType.FINGERPRINT) && !Fingerprint.matches(message)) {
        return;
      }
      // A server that knows no CHANGE-REQUEST refuses it, or answers from where it was asked.
      if (!success || !from.equals(source)) {
        answered(now, null);
        return;
      }
      TransportAddress seen = message.xorAddress(StunAttributeType.XOR_MAPPED_ADDRESS);
      if (seen == null) {
        seen = message.address(StunAttributeType.MAPPED_ADDRESS);
      }
      if (test == Test.BINDING) {
        other = message.address(StunAttributeType.OTHER_ADDRESS);
      }
      answered(now, seen);
    } catch (MalformedStunException e) {
      // Not from the server, or of no use: the request is sent again.
    }
  }

  /// @param seen the mapped address, or null when the server cannot do the test
  private void answered(long now, @Nullable TransportAddress seen) {
    Test done = test;
    transaction = null;
    if (done == null) {
      return;
    }
    switch (done) {
      case BINDING -> {
        mapped = seen;
        afterBinding(now);
      }
      case FILTERING_OF_ADDRESS -> {
        if (seen != null) {
          filtering = NatBehavior.Filtering.ENDPOINT_INDEPENDENT;
        }
        testMapping(now);
      }
      case FILTERING_OF_PORT -> {
        filtering =
            seen == null ? NatBehavior.Filtering.UNKNOWN : NatBehavior.Filtering.ADDRESS_DEPENDENT;
        testMapping(now);
      }
      case MAPPING_OF_ADDRESS -> afterMappingOfAddress(now, seen);
      case MAPPING_OF_PORT ->
          end(
              seen == null
                  ? NatBehavior.Mapping.UNKNOWN
                  : seen.equals(mappedAtOtherAddress)
                      ? NatBehavior.Mapping.ADDRESS_DEPENDENT
                      : NatBehavior.Mapping.ADDRESS_AND_PORT_DEPENDENT);
      case MAPPING_OF_SECOND_SERVER ->
          end(
              seen == null
                  ? NatBehavior.Mapping.UNKNOWN
                  : seen.equals(mapped)
                      ? NatBehavior.Mapping.ENDPOINT_INDEPENDENT
                      : NatBehavior.Mapping.ENDPOINT_DEPENDENT);
    }
  }

  private void timedOut(long now) {
    Test done = test;
    transaction = null;
    if (done == Test.FILTERING_OF_ADDRESS) {
      TransportAddress alternate = other;
      if (alternate != null) {
        begin(now, Test.FILTERING_OF_PORT, server, server.withPort(alternate.port()));
      }
    } else if (done == Test.FILTERING_OF_PORT) {
      filtering = NatBehavior.Filtering.ADDRESS_AND_PORT_DEPENDENT;
      testMapping(now);
    } else {
      answered(now, null);
    }
  }

  private void afterBinding(long now) {
    if (mapped == null) {
      end(NatBehavior.Mapping.UNKNOWN);
      return;
    }
    TransportAddress alternate = other;
    // RFC 5780 §7.4: both address and port differ, or there is nothing to test with.
    if (alternate == null
        || alternate.family() != server.family()
        || alternate.hasSameHost(server)
        || alternate.port() == server.port()) {
      other = null;
      testMapping(now);
    } else {
      begin(now, Test.FILTERING_OF_ADDRESS, server, alternate);
    }
  }

  /// RFC 5780 §4.3.
  private void testMapping(long now) {
    TransportAddress alternate = other;
    TransportAddress another = second;
    if (local.equals(mapped)) {
      end(NatBehavior.Mapping.NO_TRANSLATION);
    } else if (alternate != null) {
      TransportAddress to = alternate.withPort(server.port());
      begin(now, Test.MAPPING_OF_ADDRESS, to, to);
    } else if (another != null && !another.hasSameHost(server)) {
      begin(now, Test.MAPPING_OF_SECOND_SERVER, another, another);
    } else {
      end(NatBehavior.Mapping.UNKNOWN);
    }
  }

  private void afterMappingOfAddress(long now, @Nullable TransportAddress seen) {
    TransportAddress alternate = other;
    mappedAtOtherAddress = seen;
    if (seen == null || alternate == null) {
      end(NatBehavior.Mapping.UNKNOWN);
    } else if (seen.equals(mapped)) {
      end(NatBehavior.Mapping.ENDPOINT_INDEPENDENT);
    } else {
      begin(now, Test.MAPPING_OF_PORT, alternate, alternate);
    }
  }

  private void end(NatBehavior.Mapping mapping) {
    events.add(new NatBehavior(mapped, mapping, filtering));
  }

  @Override
  public void handleTimeout(long now) {
    StunTransaction current = transaction;
    if (current != null && current.isTimedOut(now)) {
      timedOut(now);
    }
  }

  @Override
  public long nextTimeout() {
    StunTransaction current = transaction;
    return current == null ? ProtocolCore.NEVER : current.deadline();
  }

  @Override
  public boolean pollTransmit(long now, TransmitBuffer out) {
    StunTransaction current = transaction;
    if (current == null || out.isFull() || !current.isTransmissionDue(now)) {
      return false;
    }
    current.transmitted(now);
    writer.start(out, StunClass.REQUEST, StunMethod.BINDING, current.id());
    int change =
        test == Test.FILTERING_OF_ADDRESS
            ? CHANGE_ADDRESS | CHANGE_PORT
            : test == Test.FILTERING_OF_PORT ? CHANGE_PORT : 0;
    if (change != 0) {
      writer.u32(StunAttributeType.CHANGE_REQUEST, change);
    }
    writer.text(StunAttributeType.SOFTWARE, SOFTWARE).fingerprint();
    out.route(local, target);
    out.commit(writer.length());
    return true;
  }

  @Override
  public @Nullable NatBehavior pollEvent() {
    return events.poll();
  }
}
