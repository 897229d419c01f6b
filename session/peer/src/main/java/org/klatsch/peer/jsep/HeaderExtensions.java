package org.klatsch.peer.jsep;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.klatsch.media.RtpHeaderExtension;
import org.klatsch.sdp.DirectionAttribute;
import org.klatsch.sdp.ExtmapAttribute;
import org.klatsch.sdp.FlagAttribute;

/// RTP header extensions in descriptions, RFC 8285 §5 to §7. All m-sections share one transport:
/// hence a URI has one number in all of them, and a number one URI (RFC 9143 §9.2 asks for the same
/// of whatever identifies an m-section).
final class HeaderExtensions {
  /// Reserved in one-byte headers, RFC 8285 §4.2.
  private static final int RESERVED = 15;

  private static final int MAX = 255;

  /// Numbers above stand for "any that is free", RFC 8285 §6.
  private static final int FIRST_TO_CHOOSE = 4096;

  private final Map<String, Integer> idOfUri = new HashMap<>();
  private final Set<Integer> used = new HashSet<>();

  /// Keeps the numbers of the descriptions in force, so that none changes its meaning.
  HeaderExtensions(@Nullable Sections local, @Nullable Sections remote) {
    reserve(local);
    reserve(remote);
  }

  private void reserve(@Nullable Sections sections) {
    if (sections == null) {
      return;
    }
    for (Section section : sections.list()) {
      if (section.isMedia() && section.media().port() != 0) {
        for (ExtmapAttribute extension : section.extensions()) {
          if (extension.id() <= MAX && used.add(extension.id())) {
            idOfUri.putIfAbsent(extension.uri(), extension.id());
          }
        }
      }
    }
  }

  /// What we offer in a section.
  ///
  /// @param twoByte whether numbers from 16 may be given: the peer must take both forms mixed
  List<ExtmapAttribute> offered(List<HeaderExtensionCapability> capabilities, boolean twoByte) {
    List<ExtmapAttribute> offered = new ArrayList<>();
    for (HeaderExtensionCapability capability : capabilities) {
      if (capability.direction() == DirectionAttribute.INACTIVE) {
        continue;
      }
      int id = idOf(capability.uri(), twoByte);
      if (id > 0) {
        offered.add(new ExtmapAttribute(id, written(capability), capability.uri(), null));
      }
    }
    return offered;
  }

  private static @Nullable DirectionAttribute written(HeaderExtensionCapability capability) {
    return capability.direction() == DirectionAttribute.SENDRECV ? null : capability.direction();
  }

  private int idOf(String uri, boolean twoByte) {
    Integer known = idOfUri.get(uri);
    if (known != null) {
      return known;
    }
    for (int id = 1; id <= (twoByte ? MAX : RESERVED - 1); id++) {
      if (id != RESERVED && used.add(id)) {
        idOfUri.put(uri, id);
        return id;
      }
    }
    return 0;
  }

  /// What we answer: those offered that we have, under their numbers.
  List<ExtmapAttribute> answered(
      List<ExtmapAttribute> offered, List<HeaderExtensionCapability> capabilities) {
    List<ExtmapAttribute> answered = new ArrayList<>();
    Set<String> uris = new HashSet<>();
    for (ExtmapAttribute extension : offered) {
      HeaderExtensionCapability ours = find(extension.uri(), capabilities);
      if (ours == null || ours.direction() == DirectionAttribute.INACTIVE) {
        continue;
      }
      DirectionAttribute theirs = extension.direction();
      DirectionAttribute direction =
          Directions.common(
              ours.direction(), theirs == null ? DirectionAttribute.SENDRECV : theirs.reversed());
      int id = answeredId(extension);
      if (direction != DirectionAttribute.INACTIVE && id > 0 && uris.add(extension.uri())) {
        answered.add(
            new ExtmapAttribute(
                id,
                direction == DirectionAttribute.SENDRECV ? null : direction,
                extension.uri(),
                extension.extensionAttributes()));
      }
    }
    return answered;
  }

  /// The offer's number; 0 when it already means something else.
  private int answeredId(ExtmapAttribute extension) {
    int id = extension.id();
    if (id >= FIRST_TO_CHOOSE) {
      return idOf(extension.uri(), false);
    }
    Integer known = idOfUri.get(extension.uri());
    if (id < 1 || id > MAX || id == RESERVED) {
      return 0;
    }
    if (known != null && known == id) {
      return id;
    }
    if (!used.add(id)) {
      return 0;
    }
    idOfUri.put(extension.uri(), id);
    return id;
  }

  private static @Nullable HeaderExtensionCapability find(
      String uri, List<HeaderExtensionCapability> capabilities) {
    for (HeaderExtensionCapability capability : capabilities) {
      if (capability.uri().equals(uri)) {
        return capability;
      }
    }
    return null;
  }

  /// What both descriptions of a section have, in one direction.
  ///
  /// @param sending whether seen as sender or as receiver
  static List<RtpHeaderExtension> agreed(
      Section ours, Section theirs, boolean weOffered, boolean sending) {
    List<RtpHeaderExtension> agreed = new ArrayList<>();
    Set<Integer> ids = new HashSet<>();
    for (ExtmapAttribute mine : ours.extensions()) {
      ExtmapAttribute yours = withUri(mine.uri(), theirs.extensions());
      if (yours == null) {
        continue;
      }
      boolean allowed =
          sending
              ? sends(mine.direction()) && receives(yours.direction())
              : receives(mine.direction()) && sends(yours.direction());
      int id = (weOffered ? yours : mine).id();
      if (allowed && id >= 1 && id <= MAX && id != RESERVED && ids.add(id)) {
        agreed.add(new RtpHeaderExtension(mine.uri(), id));
      }
    }
    return agreed;
  }

  private static @Nullable ExtmapAttribute withUri(String uri, List<ExtmapAttribute> in) {
    for (ExtmapAttribute extension : in) {
      if (extension.uri().equals(uri)) {
        return extension;
      }
    }
    return null;
  }

  private static boolean sends(@Nullable DirectionAttribute direction) {
    return direction == null || direction.sends();
  }

  private static boolean receives(@Nullable DirectionAttribute direction) {
    return direction == null || direction.receives();
  }

  static boolean allowsMixed(Sections sections, Section section) {
    return sections.has(FlagAttribute.EXTMAP_ALLOW_MIXED)
        || section.media().attributes().has(FlagAttribute.EXTMAP_ALLOW_MIXED);
  }
}
