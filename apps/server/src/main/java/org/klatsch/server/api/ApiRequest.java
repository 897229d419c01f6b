package org.klatsch.server.api;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What an operation was asked.
///
/// @param tenant whose things these are
/// @param admin whether the administrator of the server asks
/// @param body empty if the operation takes none
record ApiRequest(
    String tenant,
    boolean admin,
    Map<String, String> variables,
    Map<String, String> query,
    ObjectNode body) {

  String variable(String name) {
    return variables.getOrDefault(name, "");
  }

  /// A number of the query.
  long number(String name, long otherwise, long min, long max) throws ApiException {
    String text = query.get(name);
    if (text == null) {
      return otherwise;
    }
    try {
      long number = Long.parseLong(text);
      if (number >= min && number <= max) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Told below.
    }
    throw ApiException.bad(name + " is no number from " + min + " to " + max + ".");
  }

  /// A text of the body, null if it is not there.
  @Nullable String text(String name) throws ApiException {
    JsonNode value = body.get(name);
    if (value == null || value.isNull()) {
      return null;
    }
    if (!value.isString()) {
      throw ApiException.bad(name + " is no text.");
    }
    return value.stringValue();
  }

  String requiredText(String name) throws ApiException {
    String text = text(name);
    if (text == null || text.isBlank()) {
      throw ApiException.bad(name + " is missing.");
    }
    return text;
  }

  long bodyNumber(String name, long otherwise, long min, long max) throws ApiException {
    JsonNode value = body.get(name);
    if (value == null || value.isNull()) {
      return otherwise;
    }
    if (!value.isIntegralNumber()
        || !value.canConvertToLong()
        || value.longValue() < min
        || value.longValue() > max) {
      throw ApiException.bad(name + " is no whole number from " + min + " to " + max + ".");
    }
    return value.longValue();
  }

  boolean flag(String name) throws ApiException {
    JsonNode value = body.get(name);
    if (value == null || value.isNull()) {
      return false;
    }
    if (!value.isBoolean()) {
      throw ApiException.bad(name + " is neither true nor false.");
    }
    return value.booleanValue();
  }

  /// Texts of the body, null if they are not there.
  @Nullable List<String> texts(String name) throws ApiException {
    JsonNode value = body.get(name);
    if (value == null || value.isNull()) {
      return null;
    }
    if (!(value instanceof ArrayNode several)) {
      throw ApiException.bad(name + " is no list.");
    }
    var texts = new ArrayList<String>();
    for (JsonNode each : several) {
      if (!each.isString()) {
        throw ApiException.bad(name + " holds something that is no text.");
      }
      texts.add(each.stringValue());
    }
    return texts;
  }
}
