package org.klatsch.server.tenants;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.klatsch.server.store.Store;
import org.klatsch.server.store.StoreException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// All tenants: those of the configuration, which only it changes, and those made at run time,
/// which the store keeps. Thread-safe.
public final class Tenants {
  private static final Logger LOG = LoggerFactory.getLogger(Tenants.class);

  /// Where the store keeps them.
  private static final String PREFIX = "tenant/";

  /// By how much the clocks of those who sign and of this machine may differ.
  private static final Duration SKEW = Duration.ofSeconds(30);

  /// Longer ones are rather keys.
  public static final Duration MAX_LIFETIME = Duration.ofDays(366);

  private static final int MAX_TENANTS = 10_000;

  /// An unknown key costs as much time as a known one.
  private static final String NO_SECRET = "no key has this secret";

  private final Store store;
  private final InstantSource clock;
  private final SecureRandom random;
  private final Consumer<String> refused;
  private final Map<String, Tenant> configured = new LinkedHashMap<>();
  private final Map<String, Tenant> stored = new TreeMap<>();
  private volatile Map<String, Owned> keys = Map.of();

  private record Owned(String tenant, TenantKey key) {}

  /// @param configured cannot be changed at run time
  /// @param refused is told the code of each refusal
  /// @throws IllegalArgumentException if two tenants have the same id or keys of the same id
  public Tenants(
      List<Tenant> configured,
      Store store,
      InstantSource clock,
      SecureRandom random,
      Consumer<String> refused) {
    this.store = store;
    this.clock = clock;
    this.random = random;
    this.refused = refused;
    for (Tenant tenant : configured) {
      if (this.configured.put(tenant.id(), tenant) != null) {
        throw new IllegalArgumentException("two tenants are called " + tenant.id());
      }
      for (TenantKey key : tenant.keys()) {
        if (!key.strong()) {
          LOG.warn("the secret of key {} is shorter than 32 bytes and can be guessed", key.id());
        }
      }
    }
    for (Store.Entry entry : store.entries(PREFIX)) {
      Tenant tenant = read(entry.value());
      if (this.configured.containsKey(tenant.id())) {
        LOG.warn("the tenant {} of the configuration hides the stored one", tenant.id());
      } else {
        stored.put(tenant.id(), tenant);
      }
    }
    index();
  }

  private void index() {
    Map<String, Owned> all = new LinkedHashMap<>();
    for (Tenant tenant : all()) {
      for (TenantKey key : tenant.keys()) {
        if (all.put(key.id(), new Owned(tenant.id(), key)) != null) {
          throw new IllegalArgumentException("two keys are called " + key.id());
        }
      }
    }
    keys = Map.copyOf(all);
  }

  /// Everybody, those of the configuration first.
  public synchronized Collection<Tenant> all() {
    var all = new ArrayList<Tenant>(configured.values());
    all.addAll(stored.values());
    return all;
  }

  public synchronized @Nullable Tenant tenant(String id) {
    Tenant tenant = configured.get(id);
    return tenant != null ? tenant : stored.get(id);
  }

  /// Whether the tenant is of the configuration.
  public synchronized boolean isConfigured(String id) {
    return configured.containsKey(id);
  }

  /// Whether there is any key; if not, nobody can have a token.
  public boolean hasKeys() {
    return !keys.isEmpty();
  }

  /// What the tenant may have; a tenant that does not exist has no limits.
  public Quotas quotas(String id) {
    Tenant tenant = tenant(id);
    return tenant == null ? Quotas.NONE : tenant.quotas();
  }

  /// What the holder of a token may do.
  ///
  /// @throws AccessDeniedException with status 401 if the token is no good
  public Grants verify(String token) throws AccessDeniedException {
    try {
      JsonWebToken parsed = JsonWebToken.parse(token);
      Owned owner = keys.get(parsed.keyId());
      boolean signed = parsed.isSignedWith(owner == null ? NO_SECRET : owner.key().secret());
      if (owner == null || !signed) {
        throw AccessDeniedException.invalid();
      }
      return parsed.grants(owner.tenant(), clock.instant(), SKEW);
    } catch (AccessDeniedException e) {
      refused.accept(e.code());
      throw e;
    }
  }

  /// A token of a tenant, signed with its first key, or with the given one.
  ///
  /// @throws IllegalArgumentException if the tenant has no such key or a token cannot say that
  public String issue(String tenant, @Nullable String keyId, TokenRequest request) {
    Tenant owner = tenant(tenant);
    TenantKey key =
        owner == null
            ? null
            : owner.keys().stream()
                .filter(each -> keyId == null || each.id().equals(keyId))
                .findFirst()
                .orElse(null);
    if (key == null) {
      throw new IllegalArgumentException("the tenant " + tenant + " has no such key");
    }
    Duration lifetime = request.lifetime();
    if (lifetime.compareTo(Duration.ofSeconds(1)) < 0 || lifetime.compareTo(MAX_LIFETIME) > 0) {
      throw new IllegalArgumentException(
          "a lifetime of "
              + lifetime.toSeconds()
              + " s, expected 1 to "
              + MAX_LIFETIME.toSeconds());
    }
    for (String room : request.rooms()) {
      if (!JsonWebToken.isRoomPattern(room)) {
        throw new IllegalArgumentException(
            "\"" + room + "\" is no name of a room, nor ends with *");
      }
    }
    String token = JsonWebToken.write(key, request, clock.instant());
    if (token.length() > JsonWebToken.MAX_CHARACTERS) {
      throw new IllegalArgumentException("the token would be longer than is accepted");
    }
    return token;
  }

  /// Makes a tenant, or changes name and quotas of one.
  ///
  /// @return whether it is new
  /// @throws IllegalArgumentException if it is one of the configuration
  public synchronized boolean put(String id, String name, Quotas quotas) throws StoreException {
    requireChangeable(id);
    Tenant before = stored.get(id);
    if (before == null && stored.size() >= MAX_TENANTS) {
      throw new IllegalArgumentException("there are " + MAX_TENANTS + " tenants already");
    }
    save(new Tenant(id, name, before == null ? List.of() : before.keys(), quotas));
    return before == null;
  }

  /// Removes a tenant with its keys.
  ///
  /// @return false if there is none
  public synchronized boolean remove(String id) throws StoreException {
    requireChangeable(id);
    if (!stored.containsKey(id)) {
      return false;
    }
    Store.Entry entry = store.get(PREFIX + id);
    if (entry != null) {
      store.delete(PREFIX + id, entry.epoch());
      store.sync();
    }
    stored.remove(id);
    index();
    return true;
  }

  /// Makes a key for a tenant, null if there is no such tenant. Nobody is ever told its secret
  /// again.
  public synchronized @Nullable TenantKey newKey(String id) throws StoreException {
    requireChangeable(id);
    Tenant tenant = stored.get(id);
    if (tenant == null) {
      return null;
    }
    byte[] bytes = new byte[32];
    random.nextBytes(bytes);
    String secret = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    String keyId;
    do {
      byte[] name = new byte[6];
      random.nextBytes(name);
      keyId = "key-" + HexFormat.of().formatHex(name);
    } while (keys.containsKey(keyId));
    var key = new TenantKey(keyId, secret);
    var more = new ArrayList<TenantKey>(tenant.keys());
    more.add(key);
    save(tenant.withKeys(more));
    return key;
  }

  /// Removes a key: all tokens signed with it end.
  ///
  /// @return false if there is none
  public synchronized boolean removeKey(String id, String keyId) throws StoreException {
    requireChangeable(id);
    Tenant tenant = stored.get(id);
    if (tenant == null) {
      return false;
    }
    var fewer = new ArrayList<TenantKey>(tenant.keys());
    if (!fewer.removeIf(key -> key.id().equals(keyId))) {
      return false;
    }
    save(tenant.withKeys(fewer));
    return true;
  }

  private void requireChangeable(String id) {
    if (configured.containsKey(id)) {
      throw new IllegalArgumentException("the tenant " + id + " is changed in the configuration");
    }
  }

  private void save(Tenant tenant) throws StoreException {
    store.put(PREFIX + tenant.id(), write(tenant), null);
    store.sync();
    stored.put(tenant.id(), tenant);
    index();
  }

  private static byte[] write(Tenant tenant) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("id", tenant.id()).put("name", tenant.name());
    ArrayNode keys = node.putArray("keys");
    tenant.keys().forEach(key -> keys.addObject().put("id", key.id()).put("secret", key.secret()));
    node.put("rooms", tenant.quotas().rooms());
    node.put("members", tenant.quotas().members());
    node.put("streams", tenant.quotas().streams());
    return JsonMapper.shared().writeValueAsString(node).getBytes(StandardCharsets.UTF_8);
  }

  private static Tenant read(byte[] value) {
    JsonNode node = JsonMapper.shared().readTree(value);
    var keys = new ArrayList<TenantKey>();
    for (JsonNode key : node.path("keys")) {
      keys.add(new TenantKey(key.path("id").asString(), key.path("secret").asString()));
    }
    return new Tenant(
        node.path("id").asString(),
        node.path("name").asString(),
        keys,
        new Quotas(
            node.path("rooms").asInt(Quotas.UNLIMITED),
            node.path("members").asInt(Quotas.UNLIMITED),
            node.path("streams").asInt(Quotas.UNLIMITED)));
  }
}
