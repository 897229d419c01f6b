package org.klatsch.sdp;

import org.jspecify.annotations.Nullable;

/// Who sends media, seen from the description's author, RFC 8866 §6.7.
public enum DirectionAttribute implements Attribute {
  SENDRECV("sendrecv"),
  SENDONLY("sendonly"),
  RECVONLY("recvonly"),
  INACTIVE("inactive");

  private final String attributeName;

  DirectionAttribute(String attributeName) {
    this.attributeName = attributeName;
  }

  /// The direction of a name, or null.
  static @Nullable DirectionAttribute of(String attributeName) {
    for (DirectionAttribute direction : values()) {
      if (direction.attributeName.equals(attributeName)) {
        return direction;
      }
    }
    return null;
  }

  /// The same media seen from the other side.
  public DirectionAttribute reversed() {
    return switch (this) {
      case SENDONLY -> RECVONLY;
      case RECVONLY -> SENDONLY;
      case SENDRECV, INACTIVE -> this;
    };
  }

  public boolean sends() {
    return this == SENDRECV || this == SENDONLY;
  }

  public boolean receives() {
    return this == SENDRECV || this == RECVONLY;
  }

  @Override
  public String attributeName() {
    return attributeName;
  }

  @Override
  public @Nullable String attributeValue() {
    return null;
  }
}
