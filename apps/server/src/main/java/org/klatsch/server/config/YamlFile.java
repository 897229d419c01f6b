package org.klatsch.server.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.dataformat.yaml.YAMLMapper;
import tools.jackson.dataformat.yaml.YAMLParser;

/// Reads a YAML file into nodes that know their lines, which the usual mapping to objects forgets.
/// Scalars stay text as written: a password of digits keeps its zeros.
final class YamlFile {
  /// Nobody writes more by hand.
  private static final long MAX_BYTES = 4 * 1024 * 1024;

  private final Path path;
  private final JsonParser parser;

  private YamlFile(Path path, JsonParser parser) {
    this.path = path;
    this.parser = parser;
  }

  static Node.Mapping read(Path path) throws ConfigurationException {
    String text;
    try {
      if (Files.size(path) > MAX_BYTES) {
        throw new ConfigurationException(path + " has more than " + MAX_BYTES + " bytes");
      }
      text = Files.readString(path);
    } catch (NoSuchFileException e) {
      throw new ConfigurationException("there is no file " + path);
    } catch (IOException e) {
      throw new ConfigurationException(path + " cannot be read: " + e.getMessage());
    }
    try (JsonParser parser = new YAMLMapper().createParser(text)) {
      return new YamlFile(path, parser).document();
    } catch (JacksonException e) {
      throw new ConfigurationException(
          path
              + ":"
              + line(e.getLocation())
              + ": "
              + e.getOriginalMessage().lines().findFirst().orElse("no YAML"));
    }
  }

  private static int line(@org.jspecify.annotations.Nullable TokenStreamLocation location) {
    return location == null ? 1 : Math.max(1, location.getLineNr());
  }

  private Node.Mapping document() throws ConfigurationException {
    JsonToken token = parser.nextToken();
    // An empty file, or one of comments alone, says nothing.
    if (token == null || token == JsonToken.VALUE_NULL) {
      return new Node.Mapping(1, Map.of(), Map.of());
    }
    Node node = node(token);
    if (!(node instanceof Node.Mapping mapping)) {
      throw new ConfigurationException(
          path + ":" + node.line() + ": " + node.kind() + ", expected keys with values");
    }
    if (parser.nextToken() != null) {
      throw new ConfigurationException(path + ":" + here() + ": a second document, expected one");
    }
    return mapping;
  }

  private int here() {
    return line(parser.currentTokenLocation());
  }

  private Node node(JsonToken token) throws ConfigurationException {
    int line = here();
    // An alias would come as a plain text with the anchor's name.
    if (parser instanceof YAMLParser yaml && yaml.isCurrentAlias()) {
      throw new ConfigurationException(path + ":" + line + ": an alias, which is not supported");
    }
    return switch (token) {
      case START_OBJECT -> mapping(line);
      case START_ARRAY -> sequence(line);
      case VALUE_NULL -> new Node.Scalar(line, null);
      default -> new Node.Scalar(line, parser.getString());
    };
  }

  private Node.Mapping mapping(int line) throws ConfigurationException {
    Map<String, Node> values = new LinkedHashMap<>();
    Map<String, Integer> lines = new LinkedHashMap<>();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String key = parser.currentName();
      int keyLine = here();
      Node value = node(parser.nextToken());
      if (values.put(key, value) != null) {
        throw new ConfigurationException(path + ":" + keyLine + ": a second " + key);
      }
      lines.put(key, keyLine);
    }
    return new Node.Mapping(line, values, lines);
  }

  private Node.Sequence sequence(int line) throws ConfigurationException {
    var values = new ArrayList<Node>();
    JsonToken token;
    while ((token = parser.nextToken()) != JsonToken.END_ARRAY) {
      values.add(node(token));
    }
    return new Node.Sequence(line, values);
  }
}
