package org.klatsch.sip;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// The parameters of a header or a URI, in order. Names are compared without regard to case; of two
/// with one name the first counts.
public final class Parameters implements Iterable<Parameters.Parameter> {
  public static final Parameters NONE = new Parameters(List.of());

  /// More parameters than this are refused.
  private static final int MAX = 64;

  private final List<Parameter> list;

  /// One parameter.
  ///
  /// @param value null for a flag such as `lr`; without quotes and their escapes in headers, with
  ///   `%`-escapes in URIs
  /// @param quoted whether the value is written in quotes though it needs none
  public record Parameter(String name, @Nullable String value, boolean quoted) {
    public Parameter {
      if (value != null) {
        Grammar.requireLine("parameter " + name, value);
      }
    }
  }

  private Parameters(List<Parameter> list) {
    this.list = list;
  }

  /// One parameter with a value.
  public static Parameters of(String name, String value) {
    return NONE.with(name, value);
  }

  public boolean isEmpty() {
    return list.isEmpty();
  }

  public int size() {
    return list.size();
  }

  public boolean has(String name) {
    return find(name) != null;
  }

  /// The value of a parameter; null when it is absent or has none.
  public @Nullable String value(String name) {
    Parameter parameter = find(name);
    return parameter == null ? null : parameter.value;
  }

  private @Nullable Parameter find(String name) {
    for (Parameter parameter : list) {
      if (parameter.name.equalsIgnoreCase(name)) {
        return parameter;
      }
    }
    return null;
  }

  /// These with a parameter set: in place of one with its name, else at the end.
  public Parameters with(String name, @Nullable String value) {
    return replace(new Parameter(name, value, false));
  }

  /// The same with a value that stands in quotes in any case.
  public Parameters withQuoted(String name, String value) {
    return replace(new Parameter(name, value, true));
  }

  /// The same with a parameter that has no value.
  public Parameters withFlag(String name) {
    return replace(new Parameter(name, null, false));
  }

  private Parameters replace(Parameter parameter) {
    Grammar.requireToken("parameter", parameter.name);
    List<Parameter> copy = new ArrayList<>(list);
    for (int i = 0; i < copy.size(); i++) {
      if (copy.get(i).name.equalsIgnoreCase(parameter.name)) {
        copy.set(i, parameter);
        return new Parameters(copy);
      }
    }
    copy.add(parameter);
    return new Parameters(copy);
  }

  /// These and one more at the end, as read from the network.
  Parameters with(Parameter parameter) throws MalformedSipException {
    if (list.size() >= MAX) {
      throw new MalformedSipException("more than " + MAX + " parameters");
    }
    List<Parameter> copy = new ArrayList<>(list.size() + 1);
    copy.addAll(list);
    copy.add(parameter);
    return new Parameters(copy);
  }

  /// These without one.
  public Parameters without(String name) {
    if (!has(name)) {
      return this;
    }
    List<Parameter> copy = new ArrayList<>(list);
    copy.removeIf(p -> p.name.equalsIgnoreCase(name));
    return new Parameters(copy);
  }

  @Override
  public Iterator<Parameter> iterator() {
    return List.copyOf(list).iterator();
  }

  /// Writes `;name=value` for each as a header has them.
  void appendTo(StringBuilder out) {
    for (Parameter parameter : list) {
      append(out.append(';'), parameter);
    }
  }

  static void append(StringBuilder out, Parameter parameter) {
    out.append(parameter.name);
    String value = parameter.value;
    if (value != null) {
      out.append('=');
      if (parameter.quoted || !Grammar.isPlainValue(value)) {
        Grammar.quote(out, value);
      } else {
        out.append(value);
      }
    }
  }

  /// Writes `;name=value` for each as a URI has them.
  void appendToUri(StringBuilder out) {
    for (Parameter parameter : list) {
      out.append(';').append(parameter.name);
      if (parameter.value != null) {
        out.append('=').append(parameter.value);
      }
    }
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Parameters that && toString().equals(that.toString());
  }

  @Override
  public int hashCode() {
    return toString().toLowerCase(Locale.ROOT).hashCode();
  }

  @Override
  public String toString() {
    StringBuilder out = new StringBuilder();
    appendTo(out);
    return out.toString();
  }
}
