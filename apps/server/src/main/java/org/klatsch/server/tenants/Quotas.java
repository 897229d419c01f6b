package org.klatsch.server.tenants;

/// What a tenant may have at once.
///
/// @param rooms rooms with somebody in them
/// @param members members of all rooms together
/// @param streams streams published by WHIP
public record Quotas(int rooms, int members, int streams) {
  /// As much as the server has.
  public static final int UNLIMITED = Integer.MAX_VALUE;

  /// What nobody limited.
  public static final Quotas NONE = new Quotas(UNLIMITED, UNLIMITED, UNLIMITED);

  public Quotas {
    if (rooms < 0 || members < 0 || streams < 0) {
      throw new IllegalArgumentException(
          "quotas " + rooms + ", " + members + ", " + streams + ", expected zero or more");
    }
  }
}
