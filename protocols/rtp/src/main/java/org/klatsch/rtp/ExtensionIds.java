package org.klatsch.rtp;

import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The negotiated ids of header extensions, RFC 8285 §5. Immutable.
public final class ExtensionIds {
  /// No extension at all.
  public static final ExtensionIds NONE = new ExtensionIds(new EnumMap<>(ExtensionType.class));

  private final int[] ids = new int[ExtensionType.values().length];
  private final @Nullable ExtensionType[] types = new @Nullable ExtensionType[256];

  private ExtensionIds(Map<ExtensionType, Integer> map) {
    map.forEach((type, id) -> {
      if (id < 1 || id > 255) {
        throw new IllegalArgumentException("id " + id + " of " + type + ", 1 to 255 expected");
      }
      ids[type.ordinal()] = id;
      types[id] = type;
    });
  }

  /// Ids by type.
  public static ExtensionIds of(Map<ExtensionType, Integer> ids) {
    return new ExtensionIds(ids);
  }

  /// Ids by URI; unknown URIs are passed over.
  public static ExtensionIds ofUris(Map<String, Integer> ids) {
    Map<ExtensionType, Integer> known = new EnumMap<>(ExtensionType.class);
    ids.forEach((uri, id) -> {
      ExtensionType type = ExtensionType.ofUri(uri);
      if (type != null) {
        known.put(type, id);
      }
    });
    return new ExtensionIds(known);
  }

  /// The id of `type`, or 0 when it was not negotiated.
  public int id(ExtensionType type) {
    return ids[type.ordinal()];
  }

  /// The type with `id`, or null.
  public @Nullable ExtensionType type(int id) {
    return id < 0 || id > 255 ? null : types[id];
  }

  /// Whether `type` was negotiated.
  public boolean has(ExtensionType type) {
    return ids[type.ordinal()] != 0;
  }
}
