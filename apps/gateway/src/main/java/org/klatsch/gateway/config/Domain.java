package org.klatsch.gateway.config;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// A domain whose users register here.
///
/// @param name the host part of their addresses
/// @param openRegistration whether anybody on this machine may register as anybody: for trying out,
///   honoured for loopback sources only
/// @param users those with a password
public record Domain(String name, boolean openRegistration, List<User> users) {
  /// @param name the user part of the address
  /// @param password for digest authentication
  public record User(String name, String password) {
    @Override
    public String toString() {
      return name;
    }
  }

  public Domain {
    name = name.toLowerCase(Locale.ROOT);
    users = List.copyOf(users);
  }

  /// The user of a name, or null.
  public @Nullable User user(String userName) {
    for (User each : users) {
      if (each.name().equals(userName)) {
        return each;
      }
    }
    return null;
  }
}
