package org.klatsch.gateway.location;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.klatsch.sansio.TransportAddress;
import org.klatsch.sip.Flow;
import org.klatsch.sip.SipTransport;
import org.klatsch.sip.SipUri;

/// All bindings by address. Thread-safe.
public final class Locations {
  /// Devices of one user; a user with more has a script.
  static final int MAX_PER_ADDRESS = 10;

  /// Memory for a few hundred megabytes at most.
  private static final int MAX_ADDRESSES = 100_000;

  private final Map<String, List<Binding>> byAddress = new ConcurrentHashMap<>();

  /// The newest binding of each flow.
  private final Map<Far, Binding> byFlow = new ConcurrentHashMap<>();

  /// The far end of a flow, by which flows are compared.
  private record Far(SipTransport transport, TransportAddress remote, long connection) {
    static Far of(Flow flow) {
      return new Far(flow.transport(), flow.remote(), flow.connection());
    }
  }

  /// The name under which an address of record is kept.
  public static String address(SipUri uri) {
    return uri.userText() + "@" + uri.host().toLowerCase(Locale.ROOT);
  }

  /// The bindings of an address that have not expired, the newest first.
  public List<Binding> of(String address, long now) {
    List<Binding> all = byAddress.getOrDefault(address, List.of());
    return all.stream().filter(each -> each.expires() > now).toList().reversed();
  }

  /// Whether the device at a flow has registered as an address.
  public @Nullable Binding at(Flow flow, long now) {
    Binding binding = byFlow.get(Far.of(flow));
    return binding != null && binding.expires() > now ? binding : null;
  }

  /// Puts a binding in the place of the one that it renews.
  ///
  /// @return false when there is no room
  public boolean put(Binding binding, long now) {
    boolean[] kept = {true};
    byAddress.compute(
        binding.address(),
        (_, old) -> {
          if (old == null && byAddress.size() >= MAX_ADDRESSES) {
            kept[0] = false;
            return null;
          }
          List<Binding> next = new ArrayList<>(old == null ? List.of() : old);
          next.removeIf(each -> each.expires() <= now || each.isReplacedBy(binding));
          if (next.size() >= MAX_PER_ADDRESS) {
            next.removeFirst();
          }
          next.add(binding);
          return List.copyOf(next);
        });
    if (kept[0]) {
      byFlow.put(Far.of(binding.flow()), binding);
    }
    return kept[0];
  }

  /// Removes a binding.
  public void remove(Binding binding) {
    byAddress.computeIfPresent(
        binding.address(),
        (_, old) -> {
          List<Binding> next = old.stream().filter(each -> !each.equals(binding)).toList();
          return next.isEmpty() ? null : next;
        });
    byFlow.remove(Far.of(binding.flow()), binding);
  }

  /// Forgets what has expired.
  public void expire(long now) {
    for (List<Binding> each : List.copyOf(byAddress.values())) {
      for (Binding binding : each) {
        if (binding.expires() <= now) {
          remove(binding);
        }
      }
    }
    byFlow.values().removeIf(binding -> binding.expires() <= now);
  }

  /// A connection is gone, and whoever registered over it.
  public void flowClosed(Flow flow) {
    for (List<Binding> each : List.copyOf(byAddress.values())) {
      for (Binding binding : each) {
        if (binding.flow().isSame(flow)) {
          remove(binding);
        }
      }
    }
  }
}
