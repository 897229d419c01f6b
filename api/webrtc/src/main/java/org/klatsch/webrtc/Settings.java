package org.klatsch.webrtc;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Chooses settings by constraints, the SelectSettings algorithm of Media Capture and Streams §3.5.
///
/// Settings here do not depend on each other, width, height and their ratio excepted, so that each
/// can be chosen alone: what is required narrows its domain, what is ideal picks from it.
final class Settings {
  private Settings() {}

  static Map<String, Object> with(Map<String, Object> values, String name, Object value) {
    Map<String, Object> copy = new LinkedHashMap<>(values);
    copy.put(name, value);
    return Collections.unmodifiableMap(copy);
  }

  /// @param capabilities ranges and lists by name
  /// @param defaults the settings without any wish
  /// @throws OverconstrainedError naming the first condition that cannot be fulfilled
  static Map<String, Object> select(
      Map<String, Object> capabilities,
      Map<String, Object> defaults,
      MediaTrackConstraints constraints) {
    Map<String, Object> domain = new LinkedHashMap<>(capabilities);
    for (Map.Entry<String, Object> each : constraints.basic().values().entrySet()) {
      if (!narrow(domain, each.getKey(), each.getValue(), false)) {
        throw new OverconstrainedError(
            each.getKey(),
            each.getKey()
                + " "
                + each.getValue()
                + " cannot be had, only "
                + capabilities.get(each.getKey()));
      }
    }
    for (MediaTrackConstraintSet set : constraints.advanced()) {
      Map<String, Object> narrowed = new LinkedHashMap<>(domain);
      boolean possible = true;
      for (Map.Entry<String, Object> each : set.values().entrySet()) {
        possible &= narrow(narrowed, each.getKey(), each.getValue(), true);
      }
      if (possible) {
        domain = narrowed;
      }
    }
    Map<String, Object> chosen = new LinkedHashMap<>();
    for (Map.Entry<String, Object> each : domain.entrySet()) {
      Object wish = ideal(constraints.basic().values().get(each.getKey()));
      Object preset = defaults.get(each.getKey());
      Object value = pick(each.getValue(), wish != null ? wish : preset);
      if (value != null) {
        chosen.put(each.getKey(), value);
      }
    }
    keepRatio(chosen, domain, constraints.basic());
    return chosen;
  }

  /// How far chosen settings are from what is ideal, the fitness distance of §3.3; the smaller the
  /// better.
  static double distance(Map<String, Object> chosen, MediaTrackConstraints constraints) {
    double sum = 0;
    for (Map.Entry<String, Object> each : constraints.basic().values().entrySet()) {
      Object ideal = ideal(each.getValue());
      Object actual = chosen.get(each.getKey());
      if (ideal == null) {
        continue;
      }
      if (ideal instanceof Number wish && actual instanceof Number value) {
        double a = wish.doubleValue();
        double b = value.doubleValue();
        sum += a == b ? 0 : Math.abs(a - b) / Math.max(Math.abs(a), Math.abs(b));
      } else if (!(ideal instanceof List<?> list ? list.contains(actual) : ideal.equals(actual))) {
        sum += 1;
      }
    }
    return sum;
  }

  /// Narrows the domain of one setting to what a constraint requires.
  ///
  /// @param bareIsExact as in advanced sets
  /// @return whether anything is left
  private static boolean narrow(
      Map<String, Object> domain, String name, Object constraint, boolean bareIsExact) {
    Object known = domain.get(name);
    Bounds bounds = Bounds.of(constraint, bareIsExact);
    if (bounds.isEmpty()) {
      return true;
    }
    Object narrowed = known == null ? null : bounds.narrow(known);
    if (narrowed == null) {
      return false;
    }
    domain.put(name, narrowed);
    return true;
  }

  /// What a constraint requires.
  private record Bounds(@Nullable Double min, @Nullable Double max, @Nullable List<?> words) {
    static Bounds of(Object constraint, boolean bareIsExact) {
      return switch (constraint) {
        case ConstrainULongRange c -> numbers(c.min(), c.max(), c.exact());
        case ConstrainDoubleRange c -> numbers(c.min(), c.max(), c.exact());
        case ConstrainDOMStringParameters c -> new Bounds(null, null, c.exact());
        case ConstrainBooleanParameters c -> words(c.exact());
        case ConstrainBooleanOrDOMStringParameters c -> words(c.exact());
        case Number bare when bareIsExact -> numbers(null, null, bare);
        case Object bare when bareIsExact -> words(bare);
        default -> new Bounds(null, null, null);
      };
    }

    private static Bounds words(@Nullable Object word) {
      return new Bounds(null, null, word == null ? null : List.of(word));
    }

    private static Bounds numbers(
        @Nullable Number min, @Nullable Number max, @Nullable Number exact) {
      Number low = exact != null ? exact : min;
      Number high = exact != null ? exact : max;
      return new Bounds(
          low == null ? null : low.doubleValue(), high == null ? null : high.doubleValue(), null);
    }

    boolean isEmpty() {
      return min == null && max == null && words == null;
    }

    @Nullable Object narrow(Object known) {
      if (known instanceof List<?> list) {
        List<?> wanted = words;
        if (wanted == null) {
          return null;
        }
        List<?> left = list.stream().filter(wanted::contains).toList();
        return left.isEmpty() ? null : left;
      }
      if (words != null) {
        return null;
      }
      if (known instanceof ULongRange range) {
        Integer low = higher(range.min(), min == null ? null : (int) Math.ceil(min));
        Integer high = lower(range.max(), max == null ? null : (int) Math.floor(max));
        return low != null && high != null && low > high ? null : new ULongRange(low, high);
      }
      DoubleRange range = (DoubleRange) known;
      Double low = higher(range.min(), min);
      Double high = lower(range.max(), max);
      return low != null && high != null && low > high ? null : new DoubleRange(low, high);
    }
  }

  private static <T extends Comparable<T>> @Nullable T higher(@Nullable T a, @Nullable T b) {
    return a == null ? b : b == null || a.compareTo(b) >= 0 ? a : b;
  }

  private static <T extends Comparable<T>> @Nullable T lower(@Nullable T a, @Nullable T b) {
    return a == null ? b : b == null || a.compareTo(b) <= 0 ? a : b;
  }

  private static @Nullable Object ideal(@Nullable Object constraint) {
    return switch (constraint) {
      case ConstrainULongRange c -> c.exact() != null ? c.exact() : c.ideal();
      case ConstrainDoubleRange c -> c.exact() != null ? c.exact() : c.ideal();
      case ConstrainDOMStringParameters c -> c.exact() != null ? c.exact() : c.ideal();
      case ConstrainBooleanParameters c -> c.exact() != null ? c.exact() : c.ideal();
      case ConstrainBooleanOrDOMStringParameters c -> c.exact() != null ? c.exact() : c.ideal();
      case null -> null;
      default -> constraint;
    };
  }

  private static @Nullable Object pick(Object domain, @Nullable Object wish) {
    return switch (domain) {
      case ULongRange range -> {
        Integer value = wish instanceof Number n ? Integer.valueOf(n.intValue()) : null;
        yield lower(higher(value == null ? range.max() : value, range.min()), range.max());
      }
      case DoubleRange range -> {
        Double value = wish instanceof Number n ? Double.valueOf(n.doubleValue()) : null;
        yield lower(higher(value == null ? range.max() : value, range.min()), range.max());
      }
      case List<?> list -> {
        List<?> wishes =
            wish instanceof List<?> several ? several : wish == null ? List.of() : List.of(wish);
        Object fallback = list.isEmpty() ? null : list.getFirst();
        for (Object each : wishes) {
          if (list.contains(each)) {
            yield each;
          }
        }
        yield fallback;
      }
      default -> null;
    };
  }

  /// Follows a wish for the ratio by the height, unless that has wishes of its own.
  private static void keepRatio(
      Map<String, Object> chosen, Map<String, Object> domain, MediaTrackConstraintSet basic) {
    if (!(chosen.get("width") instanceof Integer width)
        || !(chosen.get("height") instanceof Integer height)) {
      return;
    }
    Object wish = ideal(basic.values().get("aspectRatio"));
    if (wish instanceof Double ratio
        && !basic.values().containsKey("height")
        && domain.get("height") instanceof ULongRange range
        && pick(range, (int) Math.round(width / ratio)) instanceof Integer fitting) {
      height = fitting;
      chosen.put("height", height);
    }
    chosen.put("aspectRatio", (double) width / height);
  }
}
