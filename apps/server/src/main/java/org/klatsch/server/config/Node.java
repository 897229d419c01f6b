package org.klatsch.server.config;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A piece of a YAML file with the line where it begins.
sealed interface Node {
  int line();

  /// A word for people.
  String kind();

  /// @param lines where each key stands
  record Mapping(int line, Map<String, Node> values, Map<String, Integer> lines) implements Node {
    @Override
    public String kind() {
      return "a mapping";
    }
  }

  record Sequence(int line, List<Node> values) implements Node {
    @Override
    public String kind() {
      return "a list";
    }
  }

  /// @param text as written; null if nothing is
  record Scalar(int line, @Nullable String text) implements Node {
    @Override
    public String kind() {
      return "a single value";
    }
  }
}
