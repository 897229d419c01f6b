package org.klatsch.rooms.transfer;

import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// Makes names from the peer safe on every file system, `docs/transfer-protocol.md` §11.
final class SafeName {
  private static final int MAX_PARTS = 32;
  private static final int MAX_PART_BYTES = 200;
  private static final int MAX_EXTENSION_BYTES = 16;

  /// More than any name needs until it changes no more.
  private static final int MAX_ROUNDS = 8;

  /// Device names of Windows; a file of that name opens the device.
  private static final Pattern RESERVED =
      Pattern.compile("CON|PRN|AUX|NUL|CONIN\\$|CONOUT\\$|(COM|LPT)[0-9¹²³]");

  private SafeName() {}

  /// The safe form of one name, with `/` between its parts.
  ///
  /// @return empty if the name has more folders than anybody needs
  static Optional<String> of(String name) {
    List<String> parts = new ArrayList<>();
    for (String part :
        Normalizer.normalize(withoutSurrogates(name), Normalizer.Form.NFC).split("[/\\\\]")) {
      if (!part.isEmpty() && !part.equals(".") && !part.equals("..")) {
        parts.add(part(part));
      }
    }
    if (parts.size() > MAX_PARTS) {
      return Optional.empty();
    }
    return Optional.of(parts.isEmpty() ? "_" : String.join("/", parts));
  }

  /// Safe names of all files of an offer, told apart from each other without regard to case.
  ///
  /// @return empty if one of the names cannot be made safe
  static Optional<List<String>> ofAll(List<String> names) {
    Set<String> files = new HashSet<>();
    Set<String> folders = new HashSet<>();
    Map<String, Integer> next = new HashMap<>();
    List<String> safe = new ArrayList<>(names.size());
    for (String name : names) {
      Optional<String> wanted = of(name);
      if (wanted.isEmpty()) {
        return Optional.empty();
      }
      String free = apart(wanted.get(), files, folders, next);
      files.add(folded(free));
      for (int slash = free.indexOf('/'); slash >= 0; slash = free.indexOf('/', slash + 1)) {
        folders.add(folded(free.substring(0, slash)));
      }
      safe.add(free);
    }
    return Optional.of(safe);
  }

  /// `name` with ` (number)` before its extension.
  static String numbered(String name, int number) {
    int slash = name.lastIndexOf('/');
    int dot = name.lastIndexOf('.');
    int at = dot > slash + 1 ? dot : name.length();
    return name.substring(0, at) + " (" + number + ")" + name.substring(at);
  }

  private static String apart(
      String name, Set<String> files, Set<String> folders, Map<String, Integer> next) {
    // A folder whose name is a file's: the folder is renamed, the same way for all files in it.
    int slash = name.indexOf('/');
    while (slash >= 0) {
      String folder = name.substring(0, slash);
      if (files.contains(folded(folder))) {
        String other = folder;
        for (int number = 2; files.contains(folded(other)); number++) {
          other = numbered(folder, number);
        }
        name = other + name.substring(slash);
        slash = other.length();
      }
      slash = name.indexOf('/', slash + 1);
    }
    String free = name;
    // Counting on from the last number keeps ten thousand equal names linear.
    int number = next.getOrDefault(folded(name), 2);
    while (files.contains(folded(free)) || folders.contains(folded(free))) {
      free = numbered(name, number++);
    }
    next.put(folded(name), number);
    return free;
  }

  private static String folded(String name) {
    return name.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT);
  }

  private static String part(String raw) {
    StringBuilder clean = new StringBuilder(raw.length());
    for (int i = 0; i < raw.length(); i++) {
      char c = raw.charAt(i);
      clean.append(forbidden(c) ? '_' : c);
    }
    // Shortening may bring about a name that is not allowed, and mending that one too long.
    String part = trimmed(clean.toString());
    for (int i = 0; i < MAX_ROUNDS; i++) {
      String mended = mended(part);
      String fitting = utf8Length(mended) > MAX_PART_BYTES ? trimmed(shortened(mended)) : mended;
      if (fitting.equals(part)) {
        return part;
      }
      part = fitting;
    }
    return "_";
  }

  /// Names that mean something to the system or to us get other ones.
  private static String mended(String part) {
    int dot = part.indexOf('.');
    String base = dot < 0 ? part : part.substring(0, dot);
    int end = base.length();
    while (end > 0 && base.charAt(end - 1) == ' ') {
      end--;
    }
    if (RESERVED.matcher(base.substring(0, end).toUpperCase(Locale.ROOT)).matches()) {
      return "_" + part;
    }
    String lower = part.toLowerCase(Locale.ROOT);
    if (lower.endsWith(TargetFolder.PART_SUFFIX)) {
      return "_" + part + "_";
    }
    return lower.startsWith(TargetFolder.OWN_PREFIX) ? "_" + part : part;
  }

  private static String shortened(String part) {
    int dot = part.lastIndexOf('.');
    String extension =
        dot > 0 && utf8Length(part.substring(dot)) <= MAX_EXTENSION_BYTES
            ? part.substring(dot)
            : "";
    int room = MAX_PART_BYTES - utf8Length(extension);
    int end = 0;
    int limit = part.length() - extension.length();
    while (end < limit) {
      int codePoint = part.codePointAt(end);
      int bytes = codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4;
      if (bytes > room) {
        break;
      }
      room -= bytes;
      end += Character.charCount(codePoint);
    }
    return part.substring(0, end) + extension;
  }

  private static String trimmed(String part) {
    int from = 0;
    int to = part.length();
    while (from < to && part.charAt(from) == ' ') {
      from++;
    }
    while (to > from && (part.charAt(to - 1) == ' ' || part.charAt(to - 1) == '.')) {
      to--;
    }
    return from == to ? "_" : part.substring(from, to);
  }

  private static boolean forbidden(char c) {
    return c < 0x20
        || c >= 0x7f && c <= 0x9f
        || "<>:\"|?*".indexOf(c) >= 0
        // Characters that hide or reorder what a person sees.
        || c == 0xad
        || c == 0x61c
        || c == 0x180e
        || c >= 0x200b && c <= 0x200f
        || c >= 0x2028 && c <= 0x202e
        || c >= 0x2060 && c <= 0x206f
        || c == 0xfeff
        || c >= 0xfff9 && c <= 0xfffb;
  }

  private static String withoutSurrogates(String name) {
    StringBuilder out = new StringBuilder(name.length());
    name.codePoints().forEach(c -> out.appendCodePoint(c >= 0xd800 && c <= 0xdfff ? '_' : c));
    return out.toString();
  }

  private static int utf8Length(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }
}
