package org.klatsch.server.rooms;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Reads messages from strangers: any string gives a message or a [BadMessageException].
/// Threadsafe.
final class MessageReader {
  private static final Pattern ROOM = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
  private static final Pattern TRANSFER = Pattern.compile("[0-9a-z]{1,16}");
  private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9_-]{16,64}");
  private static final Pattern ACCESS_TOKEN = Pattern.compile("[A-Za-z0-9_.=-]{1,4096}");
  private static final Pattern MEMBER = Pattern.compile("[A-Za-z0-9_-]{1,32}");
  private static final Pattern AGENT = Pattern.compile("[a-z0-9./-]{1,32}");
  private static final Pattern SDP_TYPE = Pattern.compile("offer|answer|pranswer|rollback");
  private static final Pattern OFFER_OR_ANSWER = Pattern.compile("offer|answer");
  private static final Pattern MID = Pattern.compile("[A-Za-z0-9_-]{1,32}");
  private static final Pattern SOURCE = Pattern.compile("mic|camera|screen");
  private static final int MAX_UPLOADS = 3;
  private static final int MAX_NAME_CODE_POINTS = 64;

  /// What the page lets people write.
  static final int MAX_CHAT = 4_000;

  private static final int MAX_CONNECTION = 1_000_000;

  /// The deepest message, a signal with a candidate, has two levels; unknown members may bring a
  /// few more.
  private static final int MAX_NESTING = 8;

  private final JsonMapper mapper;

  MessageReader(int maxMessageBytes) {
    mapper =
        JsonMapper.builder(
                JsonFactory.builder()
                    .streamReadConstraints(
                        StreamReadConstraints.builder()
                            .maxDocumentLength(maxMessageBytes)
                            .maxStringLength(maxMessageBytes)
                            .maxNestingDepth(MAX_NESTING)
                            .maxNumberLength(32)
                            .build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();
  }

  ClientMessage read(String text) throws BadMessageException {
    JsonNode tree;
    try {
      tree = mapper.readTree(text);
    } catch (JacksonException e) {
      throw bad("not a JSON object of the allowed size and depth");
    }
    if (!(tree instanceof ObjectNode message)) {
      throw bad("not a JSON object");
    }
    String type = string(message, "type");
    if (type == null) {
      throw bad("no type");
    }
    return switch (type) {
      case "join" -> join(message);
      case "signal" -> signal(message);
      case "chat" -> chat(message);
      case "media" -> media(message);
      case "leave" -> new ClientMessage.Leave();
      case "ping" -> new ClientMessage.Ping(integer(message, "id", Long.MIN_VALUE, Long.MAX_VALUE));
      default -> new ClientMessage.Unknown(type);
    };
  }

  static boolean isRoomName(String text) {
    return ROOM.matcher(text).matches();
  }

  private static ClientMessage join(ObjectNode message) throws BadMessageException {
    String room = matching(message, "room", ROOM, ErrorCode.BAD_ROOM);
    String transfer = matching(message, "transfer", TRANSFER, ErrorCode.BAD_TRANSFER);
    String key = matching(message, "key", TOKEN, ErrorCode.BAD_MESSAGE);
    String roleText = string(message, "role");
    Role role =
        switch (roleText) {
          case null -> null;
          case "send" -> Role.SEND;
          case "receive" -> Role.RECEIVE;
          default -> throw bad("role is neither send nor receive");
        };
    if ((room == null) == (role == null)) {
      throw bad("join needs either room or role");
    }
    if (room != null && transfer != null) {
      throw bad("a room has no transfer");
    }
    if (role == Role.SEND && key == null) {
      throw bad("a sender needs a key");
    }
    if (role == Role.RECEIVE && transfer == null) {
      throw new BadMessageException(ErrorCode.BAD_TRANSFER, "a receiver needs a transfer");
    }
    long received =
        message.has("received")
            ? integer(message, "received", 0, Long.MAX_VALUE)
            : ClientMessage.Join.NOT_SAID;
    return new ClientMessage.Join(
        room,
        role,
        transfer,
        key,
        displayName(string(message, "name")),
        matching(message, "agent", AGENT, ErrorCode.BAD_MESSAGE),
        matching(message, "resume", TOKEN, ErrorCode.BAD_MESSAGE),
        received,
        matching(message, "token", ACCESS_TOKEN, ErrorCode.BAD_MESSAGE),
        flag(message, "forwarding"));
  }

  private static ClientMessage media(ObjectNode message) throws BadMessageException {
    int connection = (int) integer(message, "connection", 1, MAX_CONNECTION);
    if (flag(message, "reset")) {
      return new ClientMessage.Media(connection, null, "", Map.of());
    }
    ObjectNode description = object(message, "description");
    String type = matching(description, "type", OFFER_OR_ANSWER, ErrorCode.BAD_MESSAGE);
    String sdp = string(description, "sdp");
    if (type == null || sdp == null) {
      throw bad("a description needs type and sdp");
    }
    Map<String, String> uploads = new LinkedHashMap<>();
    if (message.get("uploads") instanceof ArrayNode list) {
      for (JsonNode each : list) {
        if (!(each instanceof ObjectNode upload) || uploads.size() == MAX_UPLOADS) {
          throw bad("uploads is not a list of at most " + MAX_UPLOADS + " objects");
        }
        String mid = matching(upload, "mid", MID, ErrorCode.BAD_MESSAGE);
        String source = matching(upload, "source", SOURCE, ErrorCode.BAD_MESSAGE);
        if (mid == null || source == null || uploads.put(mid, source) != null) {
          throw bad("an upload needs its own mid and a source");
        }
      }
    }
    return new ClientMessage.Media(connection, type, sdp, uploads);
  }

  private static ClientMessage signal(ObjectNode message) throws BadMessageException {
    String to = matching(message, "to", MEMBER, ErrorCode.BAD_MESSAGE);
    if (to == null) {
      throw bad("a signal needs to");
    }
    ObjectNode body = message.objectNode();
    body.put("connection", integer(message, "connection", 1, MAX_CONNECTION));
    int kinds = 0;
    if (message.has("description")) {
      kinds++;
      body.set("description", description(object(message, "description")));
    }
    JsonNode candidate = message.get("candidate");
    if (candidate != null) {
      kinds++;
      if (candidate.isNull()) {
        body.putNull("candidate");
      } else {
        body.set("candidate", candidate(object(message, "candidate")));
      }
    }
    JsonNode reset = message.get("reset");
    if (reset != null) {
      kinds++;
      if (!reset.isBoolean() || !reset.booleanValue()) {
        throw bad("reset is not true");
      }
      body.put("reset", true);
    }
    if (kinds != 1) {
      throw bad("a signal has one of description, candidate, reset");
    }
    return new ClientMessage.Signal(to, body);
  }

  private static ClientMessage chat(ObjectNode message) throws BadMessageException {
    String text = string(message, "text");
    if (text == null || text.length() > MAX_CHAT) {
      throw bad("chat has a text of at most " + MAX_CHAT + " characters");
    }
    String clean = chatText(text);
    if (clean.isEmpty()) {
      throw bad("chat says nothing");
    }
    return new ClientMessage.Chat(clean);
  }

  /// Without control characters but line ends and tabs.
  static String chatText(String text) {
    var clean = new StringBuilder(text.length());
    text.codePoints()
        .filter(c -> c == '\n' || c == '\t' || !Character.isISOControl(c))
        .filter(c -> Character.getType(c) != Character.SURROGATE)
        .forEach(clean::appendCodePoint);
    return clean.toString().strip();
  }

  private static ObjectNode description(ObjectNode in) throws BadMessageException {
    ObjectNode out = in.objectNode();
    String type = matching(in, "type", SDP_TYPE, ErrorCode.BAD_MESSAGE);
    if (type == null) {
      throw bad("a description needs a type");
    }
    out.put("type", type);
    String sdp = string(in, "sdp");
    out.put("sdp", sdp == null ? "" : sdp);
    return out;
  }

  private static ObjectNode candidate(ObjectNode in) throws BadMessageException {
    ObjectNode out = in.objectNode();
    String candidate = string(in, "candidate");
    if (candidate == null) {
      throw bad("a candidate needs a candidate");
    }
    out.put("candidate", candidate);
    out.put("sdpMid", string(in, "sdpMid"));
    JsonNode index = in.get("sdpMLineIndex");
    if (index == null || index.isNull()) {
      out.putNull("sdpMLineIndex");
    } else {
      out.put("sdpMLineIndex", integer(in, "sdpMLineIndex", 0, 65_535));
    }
    out.put("usernameFragment", string(in, "usernameFragment"));
    return out;
  }

  /// Without characters that hide, reorder or break: control, format, surrogate, private use,
  /// unassigned; runs of white space become one space.
  static String displayName(@Nullable String name) {
    if (name == null) {
      return "Guest";
    }
    var clean = new StringBuilder();
    boolean space = false;
    int count = 0;
    for (int i = 0; i < name.length() && count < MAX_NAME_CODE_POINTS; ) {
      int c = name.codePointAt(i);
      i += Character.charCount(c);
      if (Character.isWhitespace(c) || Character.isSpaceChar(c)) {
        space = !clean.isEmpty();
      } else if (visible(c)) {
        if (space) {
          clean.append(' ');
          count++;
          space = false;
        }
        clean.appendCodePoint(c);
        count++;
      }
    }
    return clean.isEmpty() ? "Guest" : clean.toString();
  }

  private static boolean visible(int codePoint) {
    // U+200D joins the parts of one emoji.
    return codePoint == 0x200d
        || switch (Character.getType(codePoint)) {
          case Character.CONTROL,
              Character.FORMAT,
              Character.SURROGATE,
              Character.PRIVATE_USE,
              Character.UNASSIGNED ->
              false;
          default -> true;
        };
  }

  private static @Nullable String matching(
      ObjectNode message, String member, Pattern pattern, ErrorCode code)
      throws BadMessageException {
    String value = string(message, member);
    if (value != null && !pattern.matcher(value).matches()) {
      throw new BadMessageException(code, member + " has not the right form");
    }
    return value;
  }

  private static @Nullable String string(ObjectNode message, String member)
      throws BadMessageException {
    JsonNode value = message.get(member);
    if (value == null || value.isNull()) {
      return null;
    }
    if (!value.isString()) {
      throw bad(member + " is not a string");
    }
    return value.stringValue();
  }

  private static boolean flag(ObjectNode message, String member) throws BadMessageException {
    JsonNode value = message.get(member);
    if (value == null) {
      return false;
    }
    if (!value.isBoolean()) {
      throw bad(member + " is not a boolean");
    }
    return value.booleanValue();
  }

  private static long integer(ObjectNode message, String member, long min, long max)
      throws BadMessageException {
    JsonNode value = message.get(member);
    if (value == null || !value.isIntegralNumber() || !value.canConvertToLong()) {
      throw bad(member + " is not an integer");
    }
    long number = value.longValue();
    if (number < min || number > max) {
      throw bad(member + " is out of range");
    }
    return number;
  }

  private static ObjectNode object(ObjectNode message, String member) throws BadMessageException {
    if (message.get(member) instanceof ObjectNode value) {
      return value;
    }
    throw bad(member + " is not an object");
  }

  private static BadMessageException bad(String message) {
    return new BadMessageException(ErrorCode.BAD_MESSAGE, message);
  }
}
