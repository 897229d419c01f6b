package org.klatsch.rooms;

import java.nio.file.Path;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// `docs/transfer-vectors.json`, which the page runs as well.
public final class Vectors {
  private Vectors() {}

  public static List<JsonNode> of(String member) {
    Path file = Path.of(System.getProperty("klatsch.root"), "docs", "transfer-vectors.json");
    List<JsonNode> entries = JsonMapper.shared().readTree(file).get(member).valueStream().toList();
    if (entries.isEmpty()) {
      throw new IllegalStateException("no vectors of " + member);
    }
    return entries;
  }
}
