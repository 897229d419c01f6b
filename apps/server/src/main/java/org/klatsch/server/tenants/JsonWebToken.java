package org.klatsch.server.tenants;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// A token in its compact form, RFC 7515 §7.1: `header.payload.signature`. Only HMAC-SHA-256 is
/// known: the header's `alg` is compared, never followed, so that no token chooses how it is
/// checked (RFC 8725 §3.1).
///
/// @param signed what the signature is over
/// @param keyId `kid` of the header, else `iss` of the payload
record JsonWebToken(String signed, byte[] signature, String keyId, ObjectNode payload) {
  /// A token with a dozen rooms takes half a kilobyte.
  static final int MAX_CHARACTERS = 4096;

  private static final int MAX_ROOMS = 64;
  private static final int MAX_NESTING = 6;
  private static final Pattern ROOM = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}\\*?|\\*");
  private static final Pattern SHAPE =
      Pattern.compile("[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+");

  private static final JsonMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxDocumentLength(MAX_CHARACTERS)
                          .maxNestingDepth(MAX_NESTING)
                          .maxNumberLength(32)
                          .build())
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  /// Takes a token apart without believing it.
  static JsonWebToken parse(String text) throws AccessDeniedException {
    if (text.length() > MAX_CHARACTERS || !SHAPE.matcher(text).matches()) {
      throw AccessDeniedException.invalid();
    }
    int first = text.indexOf('.');
    int last = text.lastIndexOf('.');
    ObjectNode header = object(text.substring(0, first));
    if (!header.path("alg").asString("").equals("HS256") || header.has("crit")) {
      throw AccessDeniedException.invalid();
    }
    ObjectNode payload = object(text.substring(first + 1, last));
    JsonNode keyId = header.has("kid") ? header.path("kid") : payload.path("iss");
    if (!keyId.isString()) {
      throw AccessDeniedException.invalid();
    }
    byte[] signature = bytes(text.substring(last + 1));
    return new JsonWebToken(text.substring(0, last), signature, keyId.stringValue(), payload);
  }

  private static ObjectNode object(String part) throws AccessDeniedException {
    try {
      if (JSON.readTree(bytes(part)) instanceof ObjectNode object) {
        return object;
      }
    } catch (JacksonException e) {
      // The same to the one who asks.
    }
    throw AccessDeniedException.invalid();
  }

  private static byte[] bytes(String part) throws AccessDeniedException {
    try {
      return Base64.getUrlDecoder().decode(part);
    } catch (IllegalArgumentException e) {
      throw AccessDeniedException.invalid();
    }
  }

  /// Whether the signature is the key's; in constant time.
  boolean isSignedWith(String secret) {
    return MessageDigest.isEqual(signature, sign(secret, signed));
  }

  private static byte[] sign(String secret, String text) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
      return mac.doFinal(text.getBytes(StandardCharsets.US_ASCII));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every JDK has HMAC-SHA-256", e);
    }
  }

  /// What it grants now. The times are those of RFC 7519 §4.1.4 to §4.1.6; a token without end is
  /// refused.
  ///
  /// @param skew by how much clocks may differ
  Grants grants(String tenant, Instant now, Duration skew) throws AccessDeniedException {
    Instant expires = time("exp");
    if (expires == null) {
      throw AccessDeniedException.invalid();
    }
    if (!now.minus(skew).isBefore(expires)) {
      throw AccessDeniedException.expired();
    }
    Instant notBefore = time("nbf");
    Instant issued = time("iat");
    if (notBefore != null && now.plus(skew).isBefore(notBefore)
        || issued != null && now.plus(skew).isBefore(issued)) {
      throw AccessDeniedException.early();
    }
    ObjectNode grants =
        payload.get("grants") instanceof ObjectNode object
            ? object
            : JsonNodeFactory.instance.objectNode();
    Set<Permission> permissions = EnumSet.noneOf(Permission.class);
    for (Permission permission : Permission.values()) {
      JsonNode value = grants.path(permission.toString());
      if (value.isBoolean() && value.booleanValue()) {
        permissions.add(permission);
      }
    }
    return new Grants(
        tenant,
        text(payload.path("sub"), ""),
        payload.has("name") ? text(payload.path("name"), "") : null,
        rooms(grants.path("rooms")),
        permissions,
        expires);
  }

  private @Nullable Instant time(String claim) throws AccessDeniedException {
    JsonNode value = payload.get(claim);
    if (value == null) {
      return null;
    }
    // NumericDate may have a fraction, RFC 7519 §2; what a double does not hold exactly is no date.
    double seconds = value.isNumber() ? value.doubleValue() : Double.NaN;
    if (!(Math.abs(seconds) < 1e11)) {
      throw AccessDeniedException.invalid();
    }
    return Instant.ofEpochMilli(Math.round(seconds * 1000));
  }

  private static String text(JsonNode value, String otherwise) throws AccessDeniedException {
    if (value.isMissingNode()) {
      return otherwise;
    }
    if (!value.isString()) {
      throw AccessDeniedException.invalid();
    }
    return value.stringValue();
  }

  /// One name or several.
  private static List<String> rooms(JsonNode value) throws AccessDeniedException {
    var rooms = new ArrayList<String>();
    if (value.isString()) {
      rooms.add(value.stringValue());
    } else if (value instanceof ArrayNode several) {
      for (JsonNode each : several) {
        rooms.add(text(each, ""));
      }
    } else if (!value.isMissingNode()) {
      throw AccessDeniedException.invalid();
    }
    if (rooms.size() > MAX_ROOMS || !rooms.stream().allMatch(JsonWebToken::isRoomPattern)) {
      throw AccessDeniedException.invalid();
    }
    return rooms;
  }

  /// Whether a token may name rooms so: a name, the beginning of names with `*` behind it, or `*`.
  static boolean isRoomPattern(String text) {
    return ROOM.matcher(text).matches();
  }

  /// Writes a token.
  static String write(TenantKey key, TokenRequest request, Instant now) {
    ObjectNode header = JsonNodeFactory.instance.objectNode();
    header.put("alg", "HS256").put("typ", "JWT").put("kid", key.id());
    ObjectNode payload = JsonNodeFactory.instance.objectNode();
    if (!request.identity().isEmpty()) {
      payload.put("sub", request.identity());
    }
    if (request.name() != null) {
      payload.put("name", request.name());
    }
    payload.put("iat", now.getEpochSecond());
    payload.put("exp", now.plus(request.lifetime()).getEpochSecond());
    ObjectNode grants = payload.putObject("grants");
    ArrayNode rooms = grants.putArray("rooms");
    request.rooms().forEach(rooms::add);
    for (Permission permission : Permission.values()) {
      if (request.permissions().contains(permission)) {
        grants.put(permission.toString(), true);
      }
    }
    Base64.Encoder encoder = Base64.getUrlEncoder().withoutPadding();
    String signed =
        encoder.encodeToString(JSON.writeValueAsBytes(header))
            + "."
            + encoder.encodeToString(JSON.writeValueAsBytes(payload));
    return signed + "." + encoder.encodeToString(sign(key.secret(), signed));
  }
}
