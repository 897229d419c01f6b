package org.klatsch.server.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A mapping of the configuration: the whole, one under a key, or one in a list. Asking for a key
/// makes it known; [#finish] complains about those in the file that nobody asked for. Not
/// thread-safe.
public final class Section {
  /// More letters than this apart, and two keys are different words.
  private static final int NEAR = 3;

  private final Configuration configuration;

  /// `turn` or, in a list, `tenants[0]`; empty for the whole.
  private final String path;

  /// Inside a list there are neither variables nor flags.
  private final boolean listed;

  private final Node.@Nullable Mapping node;
  private final Set<String> known = new LinkedHashSet<>();
  private final Map<String, Section> sections = new LinkedHashMap<>();
  private final List<Section> elements = new ArrayList<>();

  Section(Configuration configuration, String path, boolean listed, Node.@Nullable Mapping node) {
    this.configuration = configuration;
    this.path = path;
    this.listed = listed;
    this.node = node;
  }

  /// Whether the file has this section.
  public boolean present() {
    return node != null;
  }

  /// Where this begins, for messages.
  public String origin() {
    return node == null ? path : configuration.place(node.line()) + path;
  }

  private String path(String key) {
    return path.isEmpty() ? key : path + "." + key;
  }

  private String place(String key, Node value) {
    Integer line = node == null ? null : node.lines().get(key);
    return configuration.place(line == null ? value.line() : line) + path(key);
  }

  private @Nullable Node find(String key) {
    known.add(key);
    Node value = node == null ? null : node.values().get(key);
    return value instanceof Node.Scalar scalar && scalar.text() == null ? null : value;
  }

  /// The value of a scalar key, null if nobody gave one.
  public @Nullable Value value(String key) throws ConfigurationException {
    Node found = find(key);
    if (!listed) {
      Value given = configuration.override(path(key));
      if (given != null) {
        return given;
      }
    }
    if (found == null) {
      return null;
    }
    if (found instanceof Node.Scalar scalar) {
      return new Value(place(key, found), String.valueOf(scalar.text()));
    }
    throw new ConfigurationException(
        place(key, found) + ": " + found.kind() + ", expected a single value");
  }

  /// The value of a key that must be there.
  public Value required(String key) throws ConfigurationException {
    Value value = value(key);
    if (value == null) {
      throw new ConfigurationException(
          (node == null ? "" : configuration.place(node.line())) + path(key) + " is missing");
    }
    return value;
  }

  public String text(String key, String otherwise) throws ConfigurationException {
    Value value = value(key);
    return value == null ? otherwise : value.text();
  }

  public int integer(String key, int otherwise, int min, int max) throws ConfigurationException {
    Value value = value(key);
    return value == null ? otherwise : value.integer(min, max);
  }

  public boolean bool(String key, boolean otherwise) throws ConfigurationException {
    Value value = value(key);
    return value == null ? otherwise : value.bool();
  }

  /// Single values: a list, or one text with commas, which variables and flags have.
  public List<Value> values(String key) throws ConfigurationException {
    Node found = find(key);
    Value given = listed ? null : configuration.override(path(key));
    if (given != null || found instanceof Node.Scalar) {
      Value all = given != null ? given : value(key);
      if (all == null) {
        return List.of();
      }
      var parts = new ArrayList<Value>();
      for (String part : all.text().split(",")) {
        if (!part.isBlank()) {
          parts.add(new Value(all.origin(), part.strip()));
        }
      }
      return parts;
    }
    if (found == null) {
      return List.of();
    }
    if (!(found instanceof Node.Sequence sequence)) {
      throw new ConfigurationException(
          place(key, found) + ": " + found.kind() + ", expected a list");
    }
    var values = new ArrayList<Value>();
    for (Node each : sequence.values()) {
      if (!(each instanceof Node.Scalar scalar) || scalar.text() == null) {
        throw new ConfigurationException(
            configuration.place(each.line())
                + path(key)
                + ": "
                + each.kind()
                + " in the list, expected single values");
      }
      values.add(new Value(configuration.place(each.line()) + path(key), scalar.text()));
    }
    return values;
  }

  /// The section under a key; an empty one if the file has none.
  public Section section(String key) throws ConfigurationException {
    Section before = sections.get(key);
    if (before != null) {
      return before;
    }
    Node found = find(key);
    if (found != null && !(found instanceof Node.Mapping)) {
      throw new ConfigurationException(
          place(key, found) + ": " + found.kind() + ", expected keys with values");
    }
    var section =
        new Section(configuration, path(key), listed, found instanceof Node.Mapping m ? m : null);
    sections.put(key, section);
    return section;
  }

  /// The mappings in a list; empty if the file has none.
  public List<Section> sections(String key) throws ConfigurationException {
    Node found = find(key);
    if (found == null) {
      return List.of();
    }
    if (!(found instanceof Node.Sequence sequence)) {
      throw new ConfigurationException(
          place(key, found) + ": " + found.kind() + ", expected a list (begin each with \"- \")");
    }
    var list = new ArrayList<Section>();
    for (Node each : sequence.values()) {
      String name = path(key) + "[" + list.size() + "]";
      if (!(each instanceof Node.Mapping mapping)) {
        throw new ConfigurationException(
            configuration.place(each.line())
                + name
                + ": "
                + each.kind()
                + ", expected keys with values");
      }
      list.add(new Section(configuration, name, true, mapping));
    }
    elements.addAll(list);
    return list;
  }

  /// Whether the key holds a list of mappings rather than one of single values.
  boolean hasSections(String key) {
    return find(key) instanceof Node.Sequence list
        && !list.values().isEmpty()
        && list.values().getFirst() instanceof Node.Mapping;
  }

  /// Takes whatever is under a key as it is: it is for somebody else.
  ///
  /// @return whether there is anything
  public boolean accept(String key) {
    return find(key) != null;
  }

  /// Refuses keys that nobody asked for, here and below.
  public void finish() throws ConfigurationException {
    if (node != null) {
      for (String key : node.values().keySet()) {
        if (!known.contains(key)) {
          throw unknown(key, node);
        }
      }
    }
    for (Section section : sections.values()) {
      section.finish();
    }
    for (Section element : elements) {
      element.finish();
    }
  }

  private ConfigurationException unknown(String key, Node.Mapping mapping) {
    Integer line = mapping.lines().get(key);
    String nearest = nearest(key);
    return new ConfigurationException(
        configuration.place(line == null ? mapping.line() : line)
            + "unknown key "
            + path(key)
            + (nearest == null
                ? ", expected one of " + String.join(", ", known)
                : "; did you mean " + path(nearest) + "?"));
  }

  private @Nullable String nearest(String key) {
    String best = null;
    int least = Math.min(NEAR, Math.max(1, key.length() / 2)) + 1;
    for (String each : known) {
      int distance = distance(key, each);
      if (distance < least) {
        least = distance;
        best = each;
      }
    }
    return best;
  }

  /// How many letters must be put in, left out, or changed, capitals counting as small ones.
  private static int distance(String from, String to) {
    int[] row = new int[to.length() + 1];
    for (int i = 0; i <= to.length(); i++) {
      row[i] = i;
    }
    for (int i = 1; i <= from.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= to.length(); j++) {
        char a = Character.toLowerCase(from.charAt(i - 1));
        char b = Character.toLowerCase(to.charAt(j - 1));
        int change = diagonal + (a == b ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(change, 1 + Math.min(row[j - 1], diagonal));
      }
    }
    return row[to.length()];
  }
}
