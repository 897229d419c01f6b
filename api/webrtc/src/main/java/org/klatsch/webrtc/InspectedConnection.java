package org.klatsch.webrtc;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What an [Inspector] sees of a connection: nothing in it is secret, though addresses are in the
/// candidates.
///
/// @param name of the connection in logs, unique in the process
/// @param created when it was made
/// @param closed whether it is closed; then there are no statistics any more
/// @param states its states by the names of their attributes
/// @param iceServers the URLs of its servers
/// @param descriptions those that were set last, the oldest first
/// @param events what happened last, the oldest first
/// @param droppedEvents how many earlier ones are not kept
/// @param statistics of the last sample
/// @param samples values of statistics over time, by `type.member`, and by the object where there
///   are several
public record InspectedConnection(
    String name,
    Instant created,
    boolean closed,
    Map<String, String> states,
    List<String> iceServers,
    List<Description> descriptions,
    List<Entry> events,
    long droppedEvents,
    @Nullable RTCStatsReport statistics,
    Map<String, List<Sample>> samples) {
  /// Keys in descriptions: the password of ICE (RFC 8839 §5.4) and SRTP keys (RFC 4568 §9.1).
  private static final Pattern SECRETS =
      Pattern.compile("(a=ice-pwd:|a=crypto:\\S+ \\S+ inline:)[^\\s|]+");

  /// Something that happened.
  ///
  /// @param at milliseconds since 1970
  /// @param what the type of an event or the name of a method
  /// @param detail what is to be said about it, such as a candidate or a state
  public record Entry(long at, String what, String detail) {}

  /// A description that was set.
  ///
  /// @param at milliseconds since 1970
  /// @param local whether it is ours
  /// @param type `offer`, `answer`, `pranswer` or `rollback`
  public record Description(long at, boolean local, String type, String sdp) {
    Description withoutSecrets() {
      return new Description(at, local, type, withoutSecrets(sdp));
    }

    static String withoutSecrets(String text) {
      return SECRETS.matcher(text).replaceAll("$1(hidden)");
    }
  }

  /// A value at a time.
  ///
  /// @param at milliseconds since 1970
  public record Sample(long at, double value) {}

  public InspectedConnection {
    states = Map.copyOf(states);
    iceServers = List.copyOf(iceServers);
    descriptions = List.copyOf(descriptions);
    events = List.copyOf(events);
    samples = Map.copyOf(samples);
  }

  /// The candidate pairs of the last sample.
  public List<RTCIceCandidatePairStats> candidatePairs() {
    RTCStatsReport report = statistics;
    return report == null ? List.of() : report.stream(RTCIceCandidatePairStats.class).toList();
  }
}
