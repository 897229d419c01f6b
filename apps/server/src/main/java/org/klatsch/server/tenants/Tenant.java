package org.klatsch.server.tenants;

import java.util.List;
import java.util.regex.Pattern;

/// A customer.
///
/// @param id in tokens' place in all names: short, and never changed
/// @param name to be shown to people
public record Tenant(String id, String name, List<TenantKey> keys, Quotas quotas) {
  private static final Pattern ID = Pattern.compile("[a-z0-9][a-z0-9-]{0,62}");
  private static final int MAX_NAME = 128;

  /// So that a list of them stays readable, and finding one's key quick.
  static final int MAX_KEYS = 16;

  public Tenant {
    keys = List.copyOf(keys);
    if (!ID.matcher(id).matches()) {
      throw new IllegalArgumentException(
          "tenant \"" + id + "\", expected 1 to 63 small letters, digits, dashes");
    }
    if (name.length() > MAX_NAME) {
      throw new IllegalArgumentException(
          "a tenant's name of " + name.length() + " characters, expected at most " + MAX_NAME);
    }
    if (keys.size() > MAX_KEYS) {
      throw new IllegalArgumentException(
          "a tenant with " + keys.size() + " keys, expected at most " + MAX_KEYS);
    }
  }

  /// Whether a tenant may have this id.
  public static boolean isId(String text) {
    return ID.matcher(text).matches();
  }

  Tenant withKeys(List<TenantKey> others) {
    return new Tenant(id, name, others, quotas);
  }
}
