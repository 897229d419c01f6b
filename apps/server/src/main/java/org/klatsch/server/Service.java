package org.klatsch.server;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.klatsch.net.InterfaceFilter;
import org.klatsch.net.LocalAddress;
import org.klatsch.net.LocalInterfaces;
import org.klatsch.sansio.TransportAddress;
import org.klatsch.server.api.Api;
import org.klatsch.server.api.CallSource;
import org.klatsch.server.api.RoomOperations;
import org.klatsch.server.api.ServerOperations;
import org.klatsch.server.api.TenantOperations;
import org.klatsch.server.http.AdminAccess;
import org.klatsch.server.http.Callers;
import org.klatsch.server.http.Metrics;
import org.klatsch.server.http.Origins;
import org.klatsch.server.rooms.Directory;
import org.klatsch.server.rooms.Doorkeeper;
import org.klatsch.server.rooms.RoomServices;
import org.klatsch.server.rooms.StoredChat;
import org.klatsch.server.store.JournalStore;
import org.klatsch.server.store.Store;
import org.klatsch.server.store.StoreException;
import org.klatsch.server.tenants.AccessDeniedException;
import org.klatsch.server.tenants.Grants;
import org.klatsch.server.tenants.Quotas;
import org.klatsch.server.tenants.Tenants;
import org.klatsch.server.turn.Relay;
import org.klatsch.server.webhooks.Webhooks;
import org.klatsch.turn.server.PeerPolicy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What makes rooms and streams a service: the store, tenants, webhooks, chat that is kept, and the
/// REST interface, put together.
final class Service implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Service.class);
  private static final int EXPIRE_EVERY_SECONDS = 60;

  private final ServerOptions options;
  private final Store store;
  private final Tenants tenants;
  private final Webhooks webhooks;
  private final @Nullable StoredChat chat;
  private final AdminAccess admin;
  private final Callers callers;
  private final Metrics metrics;
  private final List<CallSource> calls = new CopyOnWriteArrayList<>();
  private final String adminPassword;
  private int seconds;

  Service(ServerOptions options, Path data, Metrics metrics, SecureRandom random)
      throws IOException {
    this.options = options;
    this.metrics = metrics;
    ServiceOptions service = options.service();
    InstantSource clock = InstantSource.system();
    String chosen = service.adminPassword();
    adminPassword = chosen != null ? chosen : AdminPassword.keptIn(data, random);
    store = JournalStore.open(data.resolve("store"), service.sync(), clock);
    try {
      Consumer<String> refused =
          metrics.counter("klatsch_tokens_refused_total", "Tokens refused, by reason", "reason");
      tenants = new Tenants(service.tenants(), store, clock, random, refused);
      var policy = new PeerPolicy(service.webhookOptions().allowed(), _ -> false);
      policy.ownHosts(ownAddresses());
      webhooks =
          new Webhooks(
              store,
              service.webhookOptions(),
              policy,
              service.webhooks(),
              clock,
              random,
              metrics.counter(
                  "klatsch_webhook_calls_total", "Calls of webhooks, by outcome", "outcome"));
    } catch (IOException | RuntimeException e) {
      store.close();
      throw e;
    }
    chat =
        service.chatLines() == 0
            ? null
            : new StoredChat(store, service.chatLines(), service.chatKept(), clock);
    admin = new AdminAccess(service.adminUser(), adminPassword, options.adminToken());
    callers = new Callers(tenants, admin);
    watch();
  }

  private static Set<TransportAddress> ownAddresses() throws IOException {
    Set<TransportAddress> own = new HashSet<>();
    for (LocalAddress each : LocalInterfaces.list(InterfaceFilter.DEFAULT.withLoopback(true))) {
      own.add(each.address());
    }
    return own;
  }

  private void watch() {
    metrics.gauge("klatsch_tenants", "Tenants", () -> tenants.all().size());
    metrics.gauge(
        "klatsch_webhooks_pending", "Events that wait for their webhooks", webhooks::pending);
    metrics.gauge(
        "klatsch_webhooks_dead", "Events kept that could not be delivered", webhooks::dead);
    metrics.gauge("klatsch_store_entries", "Entries kept", () -> store.counters().entries());
    metrics.gauge("klatsch_store_items", "Items of logs kept", () -> store.counters().items());
    metrics.gauge(
        "klatsch_store_journal_bytes", "Size of the journal", () -> store.counters().bytes());
    metrics.gauge(
        "klatsch_store_writes", "Writes since the start", () -> store.counters().writes());
    metrics.gauge(
        "klatsch_store_failures",
        "Writes that the disk refused since the start",
        () -> store.counters().failures());
    metrics.gauge(
        "klatsch_store_compactions",
        "How often the journal was written anew since the start",
        () -> store.counters().compactions());
  }

  Tenants tenants() {
    return tenants;
  }

  AdminAccess admin() {
    return admin;
  }

  String adminPassword() {
    return adminPassword;
  }

  /// Those who have calls; more may be added.
  List<CallSource> calls() {
    return calls;
  }

  /// What rooms need.
  RoomServices rooms() {
    return new RoomServices(new Door(), new RoomEvents(webhooks), chat);
  }

  private final class Door implements Doorkeeper {
    @Override
    public Grants admit(@Nullable String token) throws AccessDeniedException {
      if (token != null) {
        return tenants.verify(token);
      }
      Boolean open = options.service().openRooms();
      if (open != null ? open : !tenants.hasKeys()) {
        return Grants.guest();
      }
      throw AccessDeniedException.missing();
    }

    @Override
    public Quotas quotas(String tenant) {
      return tenants.quotas(tenant);
    }
  }

  /// The REST interface.
  ///
  /// @param time of the directory
  Api api(Directory directory, LongSupplier time, Supplier<Relay> relay, BooleanSupplier draining) {
    Consumer<String> answered =
        metrics.counter(
            "klatsch_api_requests_total",
            "Requests of the REST interface, by class of status",
            "status");
    return new Api(
        List.of(
            new TenantOperations(tenants, webhooks),
            new RoomOperations(directory, chat, time),
            new ServerOperations(
                () -> status(directory, draining), relay, options.service().log(), calls)),
        callers,
        new Origins(options.origins()),
        status -> answered.accept(status / 100 + "xx"));
  }

  private ServerOperations.Status status(Directory directory, BooleanSupplier draining) {
    Directory.Occupancy occupancy = directory.occupancy();
    Store.Counters counters = store.counters();
    return new ServerOperations.Status(
        KlatschServer.version(),
        Duration.ofMillis(ManagementFactory.getRuntimeMXBean().getUptime()).toSeconds(),
        draining.getAsBoolean(),
        occupancy.connections(),
        occupancy.rooms(),
        occupancy.transfers(),
        occupancy.members(),
        tenants.all().size(),
        ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed(),
        counters.bytes(),
        counters.failures(),
        webhooks.pending(),
        webhooks.dead());
  }

  /// To be called every second.
  void upkeep() {
    if (++seconds % EXPIRE_EVERY_SECONDS != 0) {
      return;
    }
    try {
      store.expire();
      if (chat != null) {
        chat.expire();
      }
    } catch (StoreException e) {
      LOG.error("what has ended stays: {}", e.getMessage());
    }
  }

  @Override
  public void close() throws IOException {
    webhooks.close();
    store.close();
  }
}
