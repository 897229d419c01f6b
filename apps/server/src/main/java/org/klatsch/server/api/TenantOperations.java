package org.klatsch.server.api;

import static org.klatsch.server.api.Operation.Scope.SERVER;
import static org.klatsch.server.api.Operation.Scope.TENANT;

import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.klatsch.server.store.StoreException;
import org.klatsch.server.tenants.Permission;
import org.klatsch.server.tenants.Quotas;
import org.klatsch.server.tenants.Tenant;
import org.klatsch.server.tenants.TenantKey;
import org.klatsch.server.tenants.Tenants;
import org.klatsch.server.tenants.TokenRequest;
import org.klatsch.server.webhooks.Webhook;
import org.klatsch.server.webhooks.Webhooks;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Tenants, their keys, tokens and webhooks.
public final class TenantOperations implements OperationGroup {
  /// As long as a meeting.
  private static final long TOKEN_SECONDS = 6 * 3600;

  private final Tenants tenants;
  private final Webhooks webhooks;

  public TenantOperations(Tenants tenants, Webhooks webhooks) {
    this.tenants = tenants;
    this.webhooks = webhooks;
  }

  @Override
  public List<Operation> operations() {
    String one = "/api/v1/tenants/{tenant}";
    return List.of(
        new Operation(
            "GET", "/api/v1/tenants", SERVER, "All tenants", null, 200, "Tenants", this::list),
        new Operation("GET", one, SERVER, "A tenant", null, 200, "Tenant", this::get),
        new Operation(
            "PUT",
            one,
            SERVER,
            "Make a tenant, or change its name and quotas",
            "TenantChange",
            200,
            "Tenant",
            this::put),
        new Operation(
            "DELETE", one, SERVER, "Remove a tenant with its keys", null, 204, null, this::remove),
        new Operation(
            "POST",
            one + "/keys",
            SERVER,
            "Make a key; its secret is in this answer alone",
            null,
            201,
            "NewKey",
            this::newKey),
        new Operation(
            "DELETE",
            one + "/keys/{key}",
            SERVER,
            "Remove a key, which ends all tokens signed with it",
            null,
            204,
            null,
            this::removeKey),
        new Operation(
            "POST",
            "/api/v1/tokens",
            TENANT,
            "Make a token, signed with a key of the tenant",
            "TokenRequest",
            201,
            "Token",
            this::token),
        new Operation(
            "GET",
            "/api/v1/webhooks",
            TENANT,
            "The webhooks of the tenant",
            null,
            200,
            "Webhooks",
            this::listWebhooks),
        new Operation(
            "POST",
            "/api/v1/webhooks",
            TENANT,
            "Make a webhook; its secret is in this answer alone",
            "WebhookRequest",
            201,
            "NewWebhook",
            this::newWebhook),
        new Operation(
            "GET",
            "/api/v1/webhooks/dead",
            TENANT,
            "Events that could not be delivered",
            null,
            200,
            "DeadLetters",
            this::dead),
        new Operation(
            "DELETE",
            "/api/v1/webhooks/{webhook}",
            TENANT,
            "Remove a webhook",
            null,
            204,
            null,
            this::removeWebhook));
  }

  private static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  // Tenants.

  private JsonNode list(ApiRequest request) {
    ObjectNode node = object();
    ArrayNode list = node.putArray("tenants");
    tenants.all().forEach(tenant -> list.add(describe(tenant)));
    return node;
  }

  private ObjectNode describe(Tenant tenant) {
    ObjectNode node = object().put("id", tenant.id()).put("name", tenant.name());
    node.put("configured", tenants.isConfigured(tenant.id()));
    ArrayNode keys = node.putArray("keys");
    tenant.keys().forEach(key -> keys.addObject().put("id", key.id()));
    ObjectNode quotas = node.putObject("quotas");
    limit(quotas, "rooms", tenant.quotas().rooms());
    limit(quotas, "members", tenant.quotas().members());
    limit(quotas, "streams", tenant.quotas().streams());
    return node;
  }

  /// Without limit it is left out.
  private static void limit(ObjectNode quotas, String name, int value) {
    if (value != Quotas.UNLIMITED) {
      quotas.put(name, value);
    }
  }

  private Tenant existing(ApiRequest request) throws ApiException {
    Tenant tenant = tenants.tenant(request.variable("tenant"));
    if (tenant == null) {
      throw ApiException.notFound("tenant");
    }
    return tenant;
  }

  private JsonNode get(ApiRequest request) throws ApiException {
    return describe(existing(request));
  }

  private JsonNode put(ApiRequest request) throws ApiException, StoreException {
    String id = request.variable("tenant");
    String name = request.text("name");
    ObjectNode given =
        request.body().get("quotas") instanceof ObjectNode object ? object : object();
    var inner = new ApiRequest(id, request.admin(), request.variables(), request.query(), given);
    var quotas =
        new Quotas(quota(inner, "rooms"), quota(inner, "members"), quota(inner, "streams"));
    boolean _ = tenants.put(id, name == null ? id : name, quotas);
    return describe(existing(request));
  }

  private static int quota(ApiRequest request, String name) throws ApiException {
    return (int) request.bodyNumber(name, Quotas.UNLIMITED, 0, Quotas.UNLIMITED);
  }

  private @Nullable JsonNode remove(ApiRequest request) throws ApiException, StoreException {
    if (!tenants.remove(request.variable("tenant"))) {
      throw ApiException.notFound("tenant");
    }
    return null;
  }

  private JsonNode newKey(ApiRequest request) throws ApiException, StoreException {
    TenantKey key = tenants.newKey(request.variable("tenant"));
    if (key == null) {
      throw ApiException.notFound("tenant");
    }
    return object().put("id", key.id()).put("secret", key.secret());
  }

  private @Nullable JsonNode removeKey(ApiRequest request) throws ApiException, StoreException {
    if (!tenants.removeKey(request.variable("tenant"), request.variable("key"))) {
      throw ApiException.notFound("key");
    }
    return null;
  }

  private JsonNode token(ApiRequest request) throws ApiException {
    List<String> rooms = request.texts("rooms");
    Set<Permission> permissions = EnumSet.noneOf(Permission.class);
    for (Permission permission : Permission.values()) {
      if (request.flag(permission.toString())) {
        permissions.add(permission);
      }
    }
    long seconds =
        request.bodyNumber("seconds", TOKEN_SECONDS, 1, Tenants.MAX_LIFETIME.toSeconds());
    String identity = request.text("identity");
    String token =
        tenants.issue(
            request.tenant(),
            request.text("key"),
            new TokenRequest(
                identity == null ? "" : identity,
                request.text("name"),
                rooms == null ? List.of() : rooms,
                permissions,
                Duration.ofSeconds(seconds)));
    return object().put("token", token).put("seconds", seconds);
  }

  // Webhooks.

  private static ObjectNode describe(Webhook webhook) {
    ObjectNode node = object().put("id", webhook.id()).put("url", webhook.url().toString());
    ArrayNode events = node.putArray("events");
    webhook.events().forEach(events::add);
    return node;
  }

  private JsonNode listWebhooks(ApiRequest request) {
    ObjectNode node = object();
    ArrayNode list = node.putArray("webhooks");
    webhooks.of(request.tenant()).forEach(webhook -> list.add(describe(webhook)));
    return node;
  }

  private JsonNode newWebhook(ApiRequest request) throws ApiException, StoreException {
    List<String> events = request.texts("events");
    Webhook webhook =
        webhooks.add(
            request.tenant(),
            request.requiredText("url"),
            request.text("secret"),
            events == null ? List.of("*") : events);
    return describe(webhook).put("secret", webhook.secret());
  }

  private JsonNode dead(ApiRequest request) {
    ObjectNode node = object();
    ArrayNode list = node.putArray("letters");
    webhooks.deadLetters(request.tenant()).forEach(list::add);
    return node;
  }

  private @Nullable JsonNode removeWebhook(ApiRequest request) throws ApiException, StoreException {
    if (!webhooks.remove(request.tenant(), request.variable("webhook"))) {
      throw ApiException.notFound("webhook");
    }
    return null;
  }
}
