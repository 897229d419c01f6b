package org.klatsch.rooms.transfer;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.klatsch.rooms.transfer.ControlMessage.Accept;
import org.klatsch.rooms.transfer.ControlMessage.Ack;
import org.klatsch.rooms.transfer.ControlMessage.Cancel;
import org.klatsch.rooms.transfer.ControlMessage.Chat;
import org.klatsch.rooms.transfer.ControlMessage.Confirm;
import org.klatsch.rooms.transfer.ControlMessage.Decline;
import org.klatsch.rooms.transfer.ControlMessage.Done;
import org.klatsch.rooms.transfer.ControlMessage.Failed;
import org.klatsch.rooms.transfer.ControlMessage.Failure;
import org.klatsch.rooms.transfer.ControlMessage.Have;
import org.klatsch.rooms.transfer.ControlMessage.Hello;
import org.klatsch.rooms.transfer.ControlMessage.Media;
import org.klatsch.rooms.transfer.ControlMessage.Offer;
import org.klatsch.rooms.transfer.ControlMessage.OfferedFile;
import org.klatsch.rooms.transfer.ControlMessage.Pake;
import org.klatsch.rooms.transfer.ControlMessage.Pause;
import org.klatsch.rooms.transfer.ControlMessage.Received;
import org.klatsch.rooms.transfer.ControlMessage.Resume;
import org.klatsch.rooms.transfer.ControlMessage.Role;
import org.klatsch.rooms.transfer.ControlMessage.Unknown;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Control messages as JSON text, `docs/transfer-protocol.md` §2 to §10.
final class ControlMessages {
  /// A control message in bytes of UTF-8: what every data channel carries in one message.
  static final int MAX_BYTES = 65_536;

  private static final int MAX_OFFER_PART = 1_000;
  private static final int MAX_NAME = 4_096;
  private static final int MAX_HAVE = 256;
  private static final int MAX_MEDIA_KINDS = 8;
  private static final int MAX_MEDIA_TRACKS = 16;
  private static final HexFormat HEX = HexFormat.of();

  /// Deep nesting and long numbers are refused while reading: they cost more than they could mean.
  private static final JsonMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(16)
                          .maxNumberLength(64)
                          .maxStringLength(MAX_BYTES)
                          .maxDocumentLength(MAX_BYTES)
                          .build())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private ControlMessages() {}

  static ControlMessage parse(String text) throws MalformedTransferException {
    if (text.length() > MAX_BYTES) {
      throw malformed("message of " + text.length() + " characters, expected at most " + MAX_BYTES);
    }
    JsonNode node;
    try {
      node = JSON.readTree(text);
    } catch (JacksonException e) {
      throw malformed("not JSON: " + e.getOriginalMessage());
    }
    if (!(node instanceof ObjectNode object)) {
      throw malformed("not a JSON object");
    }
    String type = string(object, "type", 1, 64);
    return switch (type) {
      case "hello" -> hello(object);
      case "pake" -> new Pake(hex(object, "y", 32));
      case "confirm" -> new Confirm(hex(object, "tag", 32));
      case "chat" ->
          new Chat(
              string(object, "id", 1, 64),
              string(object, "text", 1, ControlMessage.MAX_CHAT),
              integer(object, "time", 0, ControlMessage.MAX_INTEGER));
      case "offer" -> offer(object);
      case "accept" -> accept(object);
      case "decline" -> new Decline(transfer(object), reason(object));
      case "ack" ->
          new Ack(transfer(object), integer(object, "bytes", 0, ControlMessage.MAX_INTEGER));
      case "pause" -> new Pause(transfer(object));
      case "resume" -> new Resume(transfer(object));
      case "cancel" -> new Cancel(transfer(object), reason(object));
      case "received" -> new Received(transfer(object), file(object), hex(object, "sha256", 32));
      case "failed" -> new Failed(transfer(object), file(object), reason(object));
      case "done" -> new Done(transfer(object));
      case "media" -> media(object);
      case "error" ->
          new Failure(
              reason(object), object.has("message") ? string(object, "message", 0, 1_000) : "");
      default -> new Unknown(type);
    };
  }

  static String format(ControlMessage message) {
    ObjectNode json = JSON.createObjectNode();
    switch (message) {
      case Hello m -> {
        json.put("type", "hello");
        ArrayNode versions = json.putArray("versions");
        m.versions().forEach(versions::add);
        json.put("role", m.role().name().toLowerCase(Locale.ROOT));
        json.put("nonce", HEX.formatHex(m.nonce()));
        json.put("agent", m.agent());
        if (!m.media().isEmpty()) {
          ArrayNode media = json.putArray("media");
          m.media().forEach(media::add);
        }
      }
      case Pake m -> json.put("type", "pake").put("y", HEX.formatHex(m.y()));
      case Confirm m -> json.put("type", "confirm").put("tag", HEX.formatHex(m.tag()));
      case Chat m ->
          json.put("type", "chat").put("id", m.id()).put("text", m.text()).put("time", m.time());
      case Offer m -> {
        json.put("type", "offer").put("transfer", m.transfer());
        ArrayNode files = json.putArray("files");
        for (OfferedFile file : m.files()) {
          ObjectNode entry = files.addObject().put("name", file.name()).put("size", file.size());
          file.modified().ifPresent(time -> entry.put("modified", time));
        }
        json.put("more", m.more());
      }
      case Accept m -> {
        json.put("type", "accept").put("transfer", m.transfer()).put("window", m.window());
        ArrayNode skip = json.putArray("skip");
        m.skip().forEach(skip::add);
        ArrayNode have = json.putArray("have");
        for (Have entry : m.have()) {
          have.addObject()
              .put("file", entry.file())
              .put("offset", entry.offset())
              .put("sha256", HEX.formatHex(entry.sha256()));
        }
        json.put("more", m.more());
      }
      case Decline m -> about(json, "decline", m.transfer()).put("reason", m.reason());
      case Ack m -> about(json, "ack", m.transfer()).put("bytes", m.bytes());
      case Pause m -> about(json, "pause", m.transfer());
      case Resume m -> about(json, "resume", m.transfer());
      case Cancel m -> about(json, "cancel", m.transfer()).put("reason", m.reason());
      case Received m ->
          about(json, "received", m.transfer())
              .put("file", m.file())
              .put("sha256", HEX.formatHex(m.sha256()));
      case Failed m ->
          about(json, "failed", m.transfer()).put("file", m.file()).put("reason", m.reason());
      case Done m -> about(json, "done", m.transfer());
      case Media m -> {
        json.put("type", "media").put("receive", m.announcement().receive());
        ArrayNode tracks = json.putArray("tracks");
        for (MediaAnnouncement.Track track : m.announcement().tracks()) {
          tracks
              .addObject()
              .put("source", track.source())
              .put("mid", track.mid())
              .put("on", track.on());
        }
      }
      case Failure m ->
          json.put("type", "error").put("reason", m.reason()).put("message", m.message());
      case Unknown m -> throw new IllegalArgumentException("type " + m.type() + " is not ours");
    }
    return json.toString();
  }

  /// Splits an offer so that each message stays within [#MAX_BYTES].
  static List<Offer> offers(long transfer, List<OfferedFile> files) {
    List<Offer> offers = new ArrayList<>();
    int from = 0;
    while (from < files.size()) {
      int to = from;
      // JSON escapes a control character with six bytes, and no UTF-16 code unit needs more.
      int bytes = 128;
      while (to < files.size() && to - from < MAX_OFFER_PART) {
        int entry = 96 + jsonBytes(files.get(to).name());
        if (to > from && bytes + entry > MAX_BYTES) {
          break;
        }
        bytes += entry;
        to++;
      }
      offers.add(new Offer(transfer, List.copyOf(files.subList(from, to)), to < files.size()));
      from = to;
    }
    return offers;
  }

  /// Splits an acceptance so that each message stays within [#MAX_BYTES].
  static List<Accept> accepts(long transfer, int window, List<Integer> skip, List<Have> have) {
    List<Accept> accepts = new ArrayList<>();
    int skipped = 0;
    int had = 0;
    do {
      int skipTo = Math.min(skip.size(), skipped + 2_000);
      int haveTo = Math.min(have.size(), had + MAX_HAVE);
      boolean more = skipTo < skip.size() || haveTo < have.size();
      accepts.add(
          new Accept(
              transfer, window, skip.subList(skipped, skipTo), have.subList(had, haveTo), more));
      skipped = skipTo;
      had = haveTo;
    } while (skipped < skip.size() || had < have.size());
    return accepts;
  }

  private static int jsonBytes(String name) {
    int escaped = (int) name.chars().filter(c -> c < 0x20 || c == '"' || c == '\\').count();
    return name.getBytes(StandardCharsets.UTF_8).length + 5 * escaped;
  }

  private static ObjectNode about(ObjectNode json, String type, long transfer) {
    return json.put("type", type).put("transfer", transfer);
  }

  private static Hello hello(ObjectNode object) throws MalformedTransferException {
    List<Integer> versions = new ArrayList<>();
    for (JsonNode version : array(object, "versions", 1, 32)) {
      versions.add((int) integer(version, "versions", 0, 0xffff));
    }
    Role role =
        switch (string(object, "role", 1, 64)) {
          case "sender" -> Role.SENDER;
          case "receiver" -> Role.RECEIVER;
          case "member" -> Role.MEMBER;
          case String other -> throw malformed("role " + other);
        };
    String agent = object.has("agent") ? string(object, "agent", 0, 64) : "";
    List<String> media = new ArrayList<>();
    if (object.has("media")) {
      for (JsonNode kind : array(object, "media", 0, MAX_MEDIA_KINDS)) {
        media.add(string(kind, "media", 1, 16));
      }
    }
    return new Hello(
        List.copyOf(versions), role, hex(object, "nonce", 16), agent, List.copyOf(media));
  }

  private static Media media(ObjectNode object) throws MalformedTransferException {
    List<MediaAnnouncement.Track> tracks = new ArrayList<>();
    for (JsonNode entry : array(object, "tracks", 0, MAX_MEDIA_TRACKS)) {
      if (!(entry instanceof ObjectNode track)) {
        throw malformed("an entry of tracks is not an object");
      }
      tracks.add(
          new MediaAnnouncement.Track(
              string(track, "source", 1, 16), string(track, "mid", 1, 64), flag(track, "on")));
    }
    return new Media(new MediaAnnouncement(flag(object, "receive"), tracks));
  }

  private static Offer offer(ObjectNode object) throws MalformedTransferException {
    List<OfferedFile> files = new ArrayList<>();
    for (JsonNode entry : array(object, "files", 1, MAX_OFFER_PART)) {
      if (!(entry instanceof ObjectNode file)) {
        throw malformed("an entry of files is not an object");
      }
      OptionalLong modified =
          file.has("modified")
              ? OptionalLong.of(integer(file, "modified", 0, ControlMessage.MAX_INTEGER))
              : OptionalLong.empty();
      files.add(
          new OfferedFile(
              string(file, "name", 1, MAX_NAME),
              integer(file, "size", 0, ControlMessage.MAX_INTEGER),
              modified));
    }
    return new Offer(transfer(object), List.copyOf(files), more(object));
  }

  private static Accept accept(ObjectNode object) throws MalformedTransferException {
    List<Integer> skip = new ArrayList<>();
    if (object.has("skip")) {
      for (JsonNode file : array(object, "skip", 0, ControlMessage.MAX_FILES)) {
        skip.add((int) integer(file, "skip", 0, ControlMessage.MAX_FILES - 1));
      }
    }
    List<Have> have = new ArrayList<>();
    if (object.has("have")) {
      for (JsonNode entry : array(object, "have", 0, MAX_HAVE)) {
        if (!(entry instanceof ObjectNode piece)) {
          throw malformed("an entry of have is not an object");
        }
        have.add(
            new Have(
                file(piece),
                integer(piece, "offset", 1, ControlMessage.MAX_INTEGER),
                hex(piece, "sha256", 32)));
      }
    }
    int window =
        (int) integer(object, "window", ControlMessage.MIN_WINDOW, ControlMessage.MAX_WINDOW);
    return new Accept(transfer(object), window, List.copyOf(skip), List.copyOf(have), more(object));
  }

  private static long transfer(ObjectNode object) throws MalformedTransferException {
    return integer(object, "transfer", 1, ControlMessage.MAX_TRANSFER);
  }

  private static int file(ObjectNode object) throws MalformedTransferException {
    return (int) integer(object, "file", 0, ControlMessage.MAX_FILES - 1);
  }

  private static String reason(ObjectNode object) throws MalformedTransferException {
    return string(object, "reason", 1, 64);
  }

  private static boolean more(ObjectNode object) throws MalformedTransferException {
    return object.has("more") && flag(object, "more");
  }

  private static boolean flag(ObjectNode object, String name) throws MalformedTransferException {
    JsonNode value = object.get(name);
    if (value == null || !value.isBoolean()) {
      throw malformed(name + " is not a boolean");
    }
    return value.booleanValue();
  }

  private static ArrayNode array(ObjectNode object, String name, int min, int max)
      throws MalformedTransferException {
    if (!(object.get(name) instanceof ArrayNode array)) {
      throw malformed(name + " is not an array");
    }
    if (array.size() < min || array.size() > max) {
      throw malformed(name + " has " + array.size() + " entries, expected " + min + " to " + max);
    }
    return array;
  }

  private static long integer(ObjectNode object, String name, long min, long max)
      throws MalformedTransferException {
    JsonNode value = object.get(name);
    if (value == null) {
      throw malformed(name + " is missing");
    }
    return integer(value, name, min, max);
  }

  private static long integer(JsonNode value, String name, long min, long max)
      throws MalformedTransferException {
    if (!value.isIntegralNumber() || !value.canConvertToLong()) {
      throw malformed(name + " is not an integer");
    }
    long number = value.longValue();
    if (number < min || number > max) {
      throw malformed(name + " is " + number + ", expected " + min + " to " + max);
    }
    return number;
  }

  private static String string(ObjectNode object, String name, int min, int max)
      throws MalformedTransferException {
    return string(object.get(name), name, min, max);
  }

  private static String string(@Nullable JsonNode value, String name, int min, int max)
      throws MalformedTransferException {
    if (value == null || !value.isString()) {
      throw malformed(name + " is not a string");
    }
    String string = value.stringValue();
    if (string.length() < min || string.length() > max) {
      throw malformed(
          name + " has " + string.length() + " characters, expected " + min + " to " + max);
    }
    return string;
  }

  private static byte[] hex(ObjectNode object, String name, int bytes)
      throws MalformedTransferException {
    String text = string(object, name, 2 * bytes, 2 * bytes);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) {
        throw malformed(name + " is not lower-case hexadecimal");
      }
    }
    return HEX.parseHex(text);
  }

  private static MalformedTransferException malformed(String reason) {
    return new MalformedTransferException(reason);
  }
}
