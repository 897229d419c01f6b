package org.klatsch.server.api;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.klatsch.server.store.StoreException;
import tools.jackson.databind.JsonNode;

/// One method of one path, described.
///
/// @param path with names in braces for its variables
/// @param scope who may
/// @param takes the schema of the body, null for none
/// @param status when all is well
/// @param gives the schema of the answer, null for none
record Operation(
    String method,
    String path,
    Scope scope,
    String summary,
    @Nullable String takes,
    int status,
    @Nullable String gives,
    Action action) {

  /// Who may call an operation.
  enum Scope {
    /// The tenant whose things these are, and the administrator.
    TENANT,

    /// The administrator of the server.
    SERVER
  }

  /// What an operation does.
  interface Action {
    /// @return the body of the answer, null for none
    @Nullable JsonNode answer(ApiRequest request) throws ApiException, StoreException;
  }

  /// The variables if the path is this operation's, else null.
  @Nullable Map<String, String> match(String asked) {
    String[] own = path.split("/");
    String[] given = asked.split("/", -1);
    if (own.length != given.length) {
      return null;
    }
    Map<String, String> variables = new HashMap<>();
    for (int i = 0; i < own.length; i++) {
      if (own[i].startsWith("{")) {
        if (given[i].isEmpty()) {
          return null;
        }
        variables.put(own[i].substring(1, own[i].length() - 1), given[i]);
      } else if (!own[i].equals(given[i])) {
        return null;
      }
    }
    return variables;
  }

  /// The names of the path's variables.
  List<String> variables() {
    var names = new ArrayList<String>();
    for (String part : path.split("/")) {
      if (part.startsWith("{")) {
        names.add(part.substring(1, part.length() - 1));
      }
    }
    return names;
  }
}
