package org.klatsch.server.webhooks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.klatsch.server.store.Store;
import org.klatsch.server.store.StoreException;
import org.klatsch.turn.server.PeerPolicy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// All webhooks, the outbox of what they are to be told, and the threads that tell it. An event is
/// in the outbox until its receiver answered with a status of 200 to 299, so each arrives at least
/// once; its id tells repetitions. Thread-safe.
public final class Webhooks implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Webhooks.class);
  private static final String PREFIX = "webhook/";
  private static final String OUTBOX = "outbox";
  private static final String DEAD = "dead";

  private static final int MAX_PER_TENANT = 16;

  /// Calls under way at once, of all and of one webhook: a slow receiver must not hold up the
  /// others.
  private static final int CALLS = 32;

  private static final int CALLS_OF_ONE = 4;

  /// Events that wait for the disk; more than a burst of joins makes.
  private static final int QUEUE = 10_000;

  /// The receiver wants no more of it, RFC 9110 §15.5.11.
  private static final int GONE = 410;

  private final Store store;
  private final WebhookOptions options;
  private final PeerPolicy policy;
  private final InstantSource clock;
  private final SecureRandom random;
  private final Consumer<String> outcomes;
  private final List<Webhook> configured;
  private final BlockingQueue<Event> events = new LinkedBlockingQueue<>(QUEUE);
  private final Thread writer;
  private final Thread dispatcher;

  // Under this object's lock.
  private final Map<String, Webhook> stored = new HashMap<>();
  private final PriorityQueue<Pending> waiting =
      new PriorityQueue<>(Comparator.comparingLong(Pending::dueAt));
  private final Map<String, Integer> underWay = new HashMap<>();
  private int calls;
  private boolean closed;

  private record Event(String tenant, String type, ObjectNode data) {}

  /// @param item of the outbox
  /// @param failures up to now, in this run of the process
  private record Pending(Store.Item item, int failures, long dueAt) {}

  /// @param policy which addresses may be called
  /// @param configured cannot be changed at run time
  /// @param outcomes is told `delivered`, `failed`, `dead` or `dropped` for each attempt
  public Webhooks(
      Store store,
      WebhookOptions options,
      PeerPolicy policy,
      List<Webhook> configured,
      InstantSource clock,
      SecureRandom random,
      Consumer<String> outcomes) {
    this.store = store;
    this.options = options;
    this.policy = policy;
    this.configured = List.copyOf(configured);
    this.clock = clock;
    this.random = random;
    this.outcomes = outcomes;
    for (Store.Entry entry : store.entries(PREFIX)) {
      Webhook webhook = read(entry.value());
      stored.put(webhook.id(), webhook);
    }
    long now = System.nanoTime();
    for (Store.Item item : store.items(OUTBOX, 0, Integer.MAX_VALUE)) {
      waiting.add(new Pending(item, 0, now));
    }
    writer = Thread.ofVirtual().name("klatsch-webhook-writer").start(this::write);
    dispatcher = Thread.ofVirtual().name("klatsch-webhook-dispatcher").start(this::dispatch);
  }

  // The webhooks.

  /// Those of a tenant.
  public synchronized List<Webhook> of(String tenant) {
    var list = new ArrayList<Webhook>();
    configured.stream().filter(each -> each.tenant().equals(tenant)).forEach(list::add);
    stored.values().stream()
        .filter(each -> each.tenant().equals(tenant))
        .sorted(Comparator.comparing(Webhook::id))
        .forEach(list::add);
    return list;
  }

  /// Makes one, with a secret of its own if none is given.
  ///
  /// @throws IllegalArgumentException if the URL or the events are no good, or there are too many
  public synchronized Webhook add(
      String tenant, String url, @Nullable String secret, List<String> types)
      throws StoreException {
    if (of(tenant).size() >= MAX_PER_TENANT) {
      throw new IllegalArgumentException("a tenant has at most " + MAX_PER_TENANT + " webhooks");
    }
    byte[] bytes = new byte[24];
    random.nextBytes(bytes);
    var webhook =
        new Webhook(
            "wh-" + randomHex(6),
            tenant,
            Webhook.parseUrl(url),
            secret != null ? secret : "whsec_" + Base64.getEncoder().encodeToString(bytes),
            types);
    store.put(PREFIX + webhook.id(), write(webhook), null);
    store.sync();
    stored.put(webhook.id(), webhook);
    return webhook;
  }

  private String randomHex(int bytes) {
    byte[] id = new byte[bytes];
    random.nextBytes(id);
    return HexFormat.of().formatHex(id);
  }

  /// Removes one of a tenant; what still waits for it is dropped. False if there is none.
  public synchronized boolean remove(String tenant, String id) throws StoreException {
    Webhook webhook = stored.get(id);
    if (webhook == null || !webhook.tenant().equals(tenant)) {
      return false;
    }
    Store.Entry entry = store.get(PREFIX + id);
    if (entry != null) {
      store.delete(PREFIX + id, entry.epoch());
      store.sync();
    }
    stored.remove(id);
    return true;
  }

  private synchronized @Nullable Webhook webhook(String id) {
    for (Webhook each : configured) {
      if (each.id().equals(id)) {
        return each;
      }
    }
    return stored.get(id);
  }

  /// What could not be delivered to a tenant, oldest first.
  public List<JsonNode> deadLetters(String tenant) {
    return store.items(DEAD, 0, options.dead()).stream()
        .map(item -> JsonMapper.shared().readTree(item.value()))
        .filter(letter -> letter.path("tenant").asString("").equals(tenant))
        .toList();
  }

  /// How many events wait.
  public int pending() {
    return store.size(OUTBOX);
  }

  /// How many dead letters are kept.
  public int dead() {
    return store.size(DEAD);
  }

  // Events.

  /// Tells a tenant's webhooks of something, soon. Never blocks.
  public void publish(String tenant, String type, ObjectNode data) {
    if (!events.offer(new Event(tenant, type, data))) {
      outcomes.accept("dropped");
    }
  }

  private void write() {
    try {
      while (true) {
        Event event = events.take();
        for (Webhook webhook : of(event.tenant())) {
          if (webhook.wants(event.type())) {
            append(webhook, event);
          }
        }
      }
    } catch (InterruptedException e) {
      // Closed.
    }
  }

  private void append(Webhook webhook, Event event) {
    ObjectNode message = JsonNodeFactory.instance.objectNode();
    message.put("id", "ev-" + randomHex(12));
    message.put("type", event.type());
    message.put("timestamp", clock.instant().toString());
    message.put("tenant", event.tenant());
    message.set("data", event.data());
    ObjectNode letter = JsonNodeFactory.instance.objectNode().put("webhook", webhook.id());
    letter.set("message", message);
    try {
      Store.Item item = store.append(OUTBOX, bytes(letter), options.pending());
      schedule(new Pending(item, 0, System.nanoTime()));
    } catch (StoreException e) {
      outcomes.accept("dropped");
      LOG.error("an event for {} is lost: {}", webhook.id(), e.getMessage());
    }
  }

  private static byte[] bytes(JsonNode node) {
    return JsonMapper.shared().writeValueAsString(node).getBytes(StandardCharsets.UTF_8);
  }

  private synchronized void schedule(Pending pending) {
    if (!closed) {
      waiting.add(pending);
      notifyAll();
    }
  }

  // Delivery.

  private void dispatch() {
    try {
      while (true) {
        Pending next = next();
        JsonNode letter = JsonMapper.shared().readTree(next.item().value());
        String id = letter.path("webhook").asString("");
        Webhook webhook = webhook(id);
        if (webhook == null) {
          acknowledge(next);
        } else if (begin(id)) {
          Thread.ofVirtual()
              .name("klatsch-webhook")
              .start(() -> {
                try {
                  deliver(webhook, next, letter);
                } finally {
                  end(id);
                }
              });
        } else {
          // One of the calls that this one waits for ends sooner or later.
          long soon = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(50);
          schedule(new Pending(next.item(), next.failures(), soon));
        }
      }
    } catch (InterruptedException e) {
      // Closed.
    }
  }

  private synchronized Pending next() throws InterruptedException {
    while (true) {
      Pending first = waiting.peek();
      if (first == null || calls >= CALLS) {
        wait();
        continue;
      }
      long left = first.dueAt() - System.nanoTime();
      if (left <= 0) {
        return waiting.remove();
      }
      wait(left / 1_000_000 + 1);
    }
  }

  private synchronized boolean begin(String webhook) {
    int count = underWay.getOrDefault(webhook, 0);
    if (count >= CALLS_OF_ONE) {
      return false;
    }
    underWay.put(webhook, count + 1);
    calls++;
    return true;
  }

  private synchronized void end(String webhook) {
    underWay.compute(webhook, (_, count) -> count == null || count <= 1 ? null : count - 1);
    calls--;
    notifyAll();
  }

  private void deliver(Webhook webhook, Pending pending, JsonNode letter) {
    JsonNode message = letter.path("message");
    byte[] body = bytes(message);
    String id = message.path("id").asString("");
    long timestamp = clock.instant().getEpochSecond();
    Map<String, String> headers = new HashMap<>();
    headers.put("User-Agent", "klatsch");
    headers.put("webhook-id", id);
    headers.put("webhook-timestamp", String.valueOf(timestamp));
    headers.put("webhook-signature", "v1," + signature(webhook.secret(), id, timestamp, body));
    String problem;
    boolean over = false;
    try {
      int status = WebhookCall.post(webhook.url(), headers, body, policy, options.timeout());
      if (status >= 200 && status < 300) {
        acknowledge(pending);
        outcomes.accept("delivered");
        return;
      }
      problem = "status " + status;
      over = status == GONE;
    } catch (IOException e) {
      problem = String.valueOf(e.getMessage());
    }
    int failures = pending.failures() + 1;
    LOG.debug("{} was not told {}, try {}: {}", webhook, id, failures, problem);
    if (over || failures > options.backoff().size()) {
      bury(pending, letter, problem, failures);
      outcomes.accept("dead");
    } else {
      Duration wait = options.backoff().get(failures - 1);
      // So that many that failed together do not come together again.
      long nanos = (long) (wait.toNanos() * (0.75 + random.nextDouble() / 4));
      schedule(new Pending(pending.item(), failures, System.nanoTime() + nanos));
      outcomes.accept("failed");
    }
  }

  /// Over `id.timestamp.body`; a secret that begins with `whsec_` is Base64 behind that.
  static String signature(String secret, String id, long timestamp, byte[] body) {
    byte[] key = secret.getBytes(StandardCharsets.UTF_8);
    if (secret.startsWith("whsec_")) {
      try {
        key = Base64.getDecoder().decode(secret.substring("whsec_".length()));
      } catch (IllegalArgumentException e) {
        LOG.debug("a secret that begins so and is no Base64 is taken as it is");
      }
    }
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      mac.update((id + "." + timestamp + ".").getBytes(StandardCharsets.UTF_8));
      return Base64.getEncoder().encodeToString(mac.doFinal(body));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every JDK has HMAC-SHA-256", e);
    }
  }

  private void bury(Pending pending, JsonNode letter, String problem, int failures) {
    ObjectNode dead = JsonNodeFactory.instance.objectNode();
    dead.put("webhook", letter.path("webhook").asString(""));
    dead.put("tenant", letter.path("message").path("tenant").asString(""));
    dead.put("problem", problem).put("attempts", failures);
    dead.set("message", letter.path("message"));
    try {
      store.append(DEAD, bytes(dead), options.dead());
    } catch (StoreException e) {
      LOG.error("a dead letter is lost: {}", e.getMessage());
    }
    acknowledge(pending);
  }

  private void acknowledge(Pending pending) {
    try {
      store.acknowledge(OUTBOX, pending.item().id());
    } catch (StoreException e) {
      // It comes again after a restart, as repetitions may.
      LOG.warn("an event stays in the outbox: {}", e.getMessage());
    }
  }

  private static byte[] write(Webhook webhook) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("id", webhook.id()).put("tenant", webhook.tenant());
    node.put("url", webhook.url().toString()).put("secret", webhook.secret());
    ArrayNode events = node.putArray("events");
    webhook.events().forEach(events::add);
    return bytes(node);
  }

  private static Webhook read(byte[] value) {
    JsonNode node = JsonMapper.shared().readTree(value);
    var events = new ArrayList<String>();
    node.path("events").forEach(event -> events.add(event.asString()));
    return new Webhook(
        node.path("id").asString(),
        node.path("tenant").asString(),
        Webhook.parseUrl(node.path("url").asString()),
        node.path("secret").asString(),
        events);
  }

  /// Stops; what waits is told by the next run.
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      waiting.clear();
    }
    writer.interrupt();
    dispatcher.interrupt();
    try {
      writer.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    // Events that wait for the disk are few, and the disk is quick.
    for (Event event = events.poll(); event != null; event = events.poll()) {
      for (Webhook webhook : of(event.tenant())) {
        if (webhook.wants(event.type())) {
          append(webhook, event);
        }
      }
    }
  }
}
