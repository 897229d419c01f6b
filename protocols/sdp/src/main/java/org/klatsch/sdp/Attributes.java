package org.klatsch.sdp;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The `a=` lines of a session or an m-section in their order. Immutable.
public record Attributes(List<Attribute> list) implements Iterable<Attribute> {
  public static final Attributes EMPTY = new Attributes(List.of());

  public Attributes {
    list = List.copyOf(list);
  }

  public static Attributes of(Attribute... attributes) {
    return new Attributes(List.of(attributes));
  }

  /// The first attribute of a type, or null. Where an attribute may stand once only, the first
  /// counts.
  public <A extends Attribute> @Nullable A first(Class<A> type) {
    for (Attribute attribute : list) {
      if (type.isInstance(attribute)) {
        return type.cast(attribute);
      }
    }
    return null;
  }

  public <A extends Attribute> List<A> all(Class<A> type) {
    List<A> found = new ArrayList<>();
    for (Attribute attribute : list) {
      if (type.isInstance(attribute)) {
        found.add(type.cast(attribute));
      }
    }
    return found;
  }

  public boolean has(FlagAttribute flag) {
    return list.contains(flag);
  }

  /// These attributes with more at the end.
  public Attributes with(List<? extends Attribute> more) {
    List<Attribute> all = new ArrayList<>(list);
    all.addAll(more);
    return new Attributes(all);
  }

  public Attributes without(Predicate<Attribute> which) {
    return new Attributes(list.stream().filter(which.negate()).toList());
  }

  @Override
  public Iterator<Attribute> iterator() {
    return list.iterator();
  }

  void appendTo(StringBuilder out) {
    for (Attribute attribute : list) {
      out.append("a=").append(attribute.attributeName());
      String value = attribute.attributeValue();
      if (value != null) {
        out.append(':').append(value);
      }
      out.append("\r\n");
    }
  }

  /// The lines as they are written.
  @Override
  public String toString() {
    StringBuilder out = new StringBuilder();
    appendTo(out);
    return out.toString();
  }
}
