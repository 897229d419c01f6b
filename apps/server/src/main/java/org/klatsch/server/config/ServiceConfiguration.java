package org.klatsch.server.config;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.klatsch.server.ServiceOptions;
import org.klatsch.server.store.SyncPolicy;
import org.klatsch.server.tenants.Quotas;
import org.klatsch.server.tenants.Tenant;
import org.klatsch.server.tenants.TenantKey;
import org.klatsch.server.webhooks.Webhook;
import org.klatsch.server.webhooks.WebhookOptions;

/// Tenants, webhooks and how the server is operated, out of a configuration.
final class ServiceConfiguration {
  private final List<Tenant> tenants = new ArrayList<>();
  private final List<Webhook> webhooks = new ArrayList<>();
  private final Set<String> keyIds = new HashSet<>();

  private ServiceConfiguration() {}

  static ServiceOptions read(Section root) throws ConfigurationException {
    return new ServiceConfiguration().options(root);
  }

  private ServiceOptions options(Section root) throws ConfigurationException {
    for (Section section : root.sections("tenants")) {
      tenant(section);
    }
    ServiceOptions defaults = ServiceOptions.defaults();
    Section rooms = root.section("rooms");
    Value open = rooms.value("open");
    Value kept = rooms.value("historyKept");
    Value notice = root.value("drainNotice");
    Section store = root.section("store");
    Value sync = store.value("sync");
    WebhookOptions how =
        WebhookOptions.DEFAULT.withAllowed(
            ServerConfiguration.prefixes(root.section("webhooks").values("allow")));
    return admin(root.section("admin"), defaults)
        .withTenants(tenants)
        .withWebhooks(webhooks, how)
        .withOpenRooms(open == null ? null : open.bool())
        .withStore(
            sync == null ? defaults.sync() : policy(sync),
            rooms.integer("history", defaults.chatLines(), 0, 10_000),
            kept == null ? defaults.chatKept() : kept.duration())
        .withDrainNotice(notice == null ? defaults.drainNotice() : notice.duration());
  }

  private static ServiceOptions admin(Section admin, ServiceOptions defaults)
      throws ConfigurationException {
    Value user = admin.value("user");
    Value password = admin.value("password");
    if (user != null && (user.text().isEmpty() || user.text().indexOf(':') >= 0)) {
      throw user.bad("a name without colon");
    }
    try {
      return defaults.withAdmin(
          user == null ? defaults.adminUser() : user.text(),
          password == null ? null : password.text());
    } catch (IllegalArgumentException e) {
      if (password != null) {
        throw password.badSecret("a password has at least 8 characters");
      }
      throw e;
    }
  }

  private static SyncPolicy policy(Value sync) throws ConfigurationException {
    return switch (sync.oneOf("always", "interval", "never")) {
      case "always" -> SyncPolicy.ALWAYS;
      case "never" -> SyncPolicy.NEVER;
      default -> SyncPolicy.INTERVAL;
    };
  }

  private void tenant(Section section) throws ConfigurationException {
    Value name = section.value("name");
    Value given = section.value("id");
    Value id = given != null ? given : name;
    if (id == null) {
      id = section.required("id");
    }
    if (!Tenant.isId(id.text())) {
      throw id.bad("1 to 63 small letters, digits, dashes");
    }
    for (Tenant other : tenants) {
      if (other.id().equals(id.text())) {
        throw id.bad("another name than that of a tenant before");
      }
    }
    var keys = new ArrayList<TenantKey>();
    for (Section key : section.sections("keys")) {
      keys.add(key(key));
    }
    Section quotas = section.section("quotas");
    try {
      tenants.add(
          new Tenant(
              id.text(),
              name == null ? id.text() : name.text(),
              keys,
              new Quotas(
                  quota(quotas, "rooms"), quota(quotas, "members"), quota(quotas, "streams"))));
    } catch (IllegalArgumentException e) {
      throw new ConfigurationException(section.origin() + ": " + e.getMessage());
    }
    for (Section webhook : section.sections("webhooks")) {
      webhook(id.text(), webhook);
    }
  }

  private static int quota(Section quotas, String key) throws ConfigurationException {
    return quotas.integer(key, Quotas.UNLIMITED, 0, Quotas.UNLIMITED);
  }

  private TenantKey key(Section section) throws ConfigurationException {
    Value id = section.required("id");
    Value secret = section.required("secret");
    if (!keyIds.add(id.text())) {
      throw id.bad("another id than that of a key before");
    }
    try {
      return new TenantKey(id.text(), secret.text());
    } catch (IllegalArgumentException e) {
      // Its messages never show the secret.
      throw new ConfigurationException(section.origin() + ": " + e.getMessage());
    }
  }

  private void webhook(String tenant, Section section) throws ConfigurationException {
    Value url = section.required("url");
    Value secret = section.required("secret");
    List<String> events = section.values("events").stream().map(Value::text).toList();
    try {
      webhooks.add(
          new Webhook(
              "wh-" + tenant + "-" + webhooks.size(),
              tenant,
              Webhook.parseUrl(url.text()),
              secret.text(),
              events.isEmpty() ? List.of("*") : events));
    } catch (IllegalArgumentException e) {
      throw new ConfigurationException(section.origin() + ": " + e.getMessage());
    }
  }
}
