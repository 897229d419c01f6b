package org.klatsch.server.config;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A file, variables and flags together. Not thread-safe.
public final class Configuration {
  private final @Nullable Path file;
  private final Map<String, String> variables;
  private final Map<String, String> flags;
  private final Section root;

  private Configuration(
      @Nullable Path file,
      Map<String, String> variables,
      Map<String, String> flags,
      Node.@Nullable Mapping tree) {
    this.file = file;
    this.variables = new HashMap<>(variables);
    this.flags = new HashMap<>(flags);
    root = new Section(this, "", false, tree);
  }

  /// Reads a file and puts the rest on top.
  ///
  /// @param file null for none
  /// @param variables the environment
  /// @param flags by their names with dashes, as `--turn-realm`
  public static Configuration load(
      @Nullable Path file, Map<String, String> variables, Map<String, String> flags)
      throws ConfigurationException {
    return new Configuration(file, variables, flags, file == null ? null : YamlFile.read(file));
  }

  /// Flags alone.
  public static Configuration of(Map<String, String> flags) {
    return new Configuration(null, Map.of(), flags, null);
  }

  /// All of it.
  public Section root() {
    return root;
  }

  /// What a flag or a variable says in place of the file.
  @Nullable Value override(String path) {
    String flag = Setting.flag(path);
    String given = flags.get(flag);
    if (given != null) {
      return new Value(flag, given);
    }
    String variable = Setting.variable(path);
    given = variables.get(variable);
    // An empty variable is how compose files and shells say that there is none.
    return given == null || given.isEmpty() ? null : new Value(variable, given);
  }

  /// The beginning of a message about a line.
  String place(int line) {
    return file + ":" + line + ": ";
  }
}
