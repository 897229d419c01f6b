package org.klatsch.server;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.klatsch.server.api.LogTail;
import org.klatsch.server.store.SyncPolicy;
import org.klatsch.server.tenants.Tenant;
import org.klatsch.server.webhooks.Webhook;
import org.klatsch.server.webhooks.WebhookOptions;

/// How the server is operated, and for whom.
///
/// @param adminUser name of the administrator
/// @param adminPassword null: one that is made at the first start and kept in the data directory
/// @param tenants that cannot be changed at run time
/// @param webhooks that cannot be changed at run time
/// @param webhookOptions how they are called
/// @param openRooms whether rooms and transfers of the default tenant need no token; null: as long
///   as no tenant has a key
/// @param sync when the store's writes are forced to the disk. Half a second by default: a crash of
///   the machine may cost a line of chat, never a tenant or a key
/// @param chatLines kept of each room, 0 for none: then chat goes from member to member
/// @param chatKept how long a room's lines are kept after the last: a month
/// @param drainNotice how long `/readyz` tells of the end before it begins, so that a load balancer
///   sends nobody here any more
/// @param log latest lines, for the administrator
public record ServiceOptions(
    String adminUser,
    @Nullable String adminPassword,
    List<Tenant> tenants,
    List<Webhook> webhooks,
    WebhookOptions webhookOptions,
    @Nullable Boolean openRooms,
    SyncPolicy sync,
    int chatLines,
    Duration chatKept,
    Duration drainNotice,
    LogTail log) {
  private static final int MIN_PASSWORD = 8;

  public ServiceOptions {
    Objects.requireNonNull(adminUser, "adminUser");
    tenants = List.copyOf(tenants);
    webhooks = List.copyOf(webhooks);
    if (adminUser.isEmpty() || adminUser.indexOf(':') >= 0) {
      throw new IllegalArgumentException("adminUser is empty or holds a colon");
    }
    if (adminPassword != null && adminPassword.length() < MIN_PASSWORD) {
      throw new IllegalArgumentException(
          "adminPassword has "
              + adminPassword.length()
              + " characters, expected at least "
              + MIN_PASSWORD);
    }
    if (chatLines < 0) {
      throw new IllegalArgumentException("chatLines is " + chatLines + ", expected zero or more");
    }
  }

  /// One tenant without keys, and a password that is made. A new log each time.
  public static ServiceOptions defaults() {
    return new ServiceOptions(
        "admin",
        null,
        List.of(),
        List.of(),
        WebhookOptions.DEFAULT,
        null,
        SyncPolicy.INTERVAL,
        200,
        Duration.ofDays(30),
        Duration.ZERO,
        new LogTail());
  }

  /// The same with another administrator.
  public ServiceOptions withAdmin(String user, @Nullable String password) {
    return new ServiceOptions(
        user,
        password,
        tenants,
        webhooks,
        webhookOptions,
        openRooms,
        sync,
        chatLines,
        chatKept,
        drainNotice,
        log);
  }

  /// The same with other tenants.
  public ServiceOptions withTenants(List<Tenant> others) {
    return new ServiceOptions(
        adminUser,
        adminPassword,
        others,
        webhooks,
        webhookOptions,
        openRooms,
        sync,
        chatLines,
        chatKept,
        drainNotice,
        log);
  }

  /// The same with other webhooks.
  public ServiceOptions withWebhooks(List<Webhook> others, WebhookOptions how) {
    return new ServiceOptions(
        adminUser,
        adminPassword,
        tenants,
        others,
        how,
        openRooms,
        sync,
        chatLines,
        chatKept,
        drainNotice,
        log);
  }

  /// The same with rooms that need a token or need none.
  public ServiceOptions withOpenRooms(@Nullable Boolean open) {
    return new ServiceOptions(
        adminUser,
        adminPassword,
        tenants,
        webhooks,
        webhookOptions,
        open,
        sync,
        chatLines,
        chatKept,
        drainNotice,
        log);
  }

  /// The same with other rules of keeping.
  public ServiceOptions withStore(SyncPolicy policy, int lines, Duration kept) {
    return new ServiceOptions(
        adminUser,
        adminPassword,
        tenants,
        webhooks,
        webhookOptions,
        openRooms,
        policy,
        lines,
        kept,
        drainNotice,
        log);
  }

  /// The same with another notice.
  public ServiceOptions withDrainNotice(Duration notice) {
    return new ServiceOptions(
        adminUser,
        adminPassword,
        tenants,
        webhooks,
        webhookOptions,
        openRooms,
        sync,
        chatLines,
        chatKept,
        notice,
        log);
  }

  /// Never shows the password.
  @Override
  public String toString() {
    return "ServiceOptions["
        + tenants.size()
        + " tenants, "
        + webhooks.size()
        + " webhooks, "
        + sync
        + ", "
        + chatLines
        + " lines, "
        + openRooms
        + "]";
  }
}
