package org.klatsch.ice.mdns;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import org.klatsch.ice.MalformedIceException;
import org.klatsch.sansio.PacketCore;
import org.klatsch.sansio.PacketWriter;
import org.klatsch.sansio.ProtocolCore;
import org.klatsch.sansio.TransmitBuffer;
import org.klatsch.sansio.TransportAddress;

/// Answers questions for `.local` names that stand for addresses of this host, RFC 6762 §6 and
/// draft-ietf-mmusic-mdns-ice-candidates §3.1.1. One serves all ICE agents of a process.
///
/// The local address of a packet names the interface it came in on; answers go out there.
public final class MdnsResponder implements PacketCore<MdnsEvent> {
  /// RFC 6762 §10: for records with a host's name.
  private static final int TIME_TO_LIVE_SECONDS = 120;

  /// RFC 6762 §6.7: for those who do not take part in multicast DNS.
  private static final int LEGACY_TIME_TO_LIVE_SECONDS = 10;

  /// RFC 6762 §6: so long a record is not multicast again on the same interface.
  private static final long MULTICAST_INTERVAL = 1_000_000_000L;

  /// Unicast answers in a second: more than a household asks, and too few to flood anybody by
  /// questions with a forged source.
  private static final int UNICASTS_PER_SECOND = 100;

  private static final int MAX_WAITING = 64;

  private static final class Entry {
    final String name;
    final TransportAddress address;

    /// When this was last multicast on which interface.
    final Map<TransportAddress, Long> multicastAt = new HashMap<>();

    Entry(String name, TransportAddress address) {
      this.name = name;
      this.address = address;
    }

    MdnsMessage.AddressRecord record(int timeToLiveSeconds) {
      return new MdnsMessage.AddressRecord(name, address, timeToLiveSeconds);
    }
  }

  private record Answer(TransportAddress local, TransportAddress remote, MdnsMessage message) {}

  private final int maxNames;
  private final Map<String, Entry> entries = new LinkedHashMap<>();
  private final List<TransportAddress> interfaces = new ArrayList<>();
  private final Queue<Answer> answers = new ArrayDeque<>();
  private final PacketWriter writer = new PacketWriter(0);
  private long second = Long.MIN_VALUE;
  private int unicasts;
  private long dropped;

  /// @param maxNames how many names may be answered for at a time
  public MdnsResponder(int maxNames) {
    if (maxNames < 1) {
      throw new IllegalArgumentException("maxNames " + maxNames + " must be at least 1");
    }
    this.maxNames = maxNames;
  }

  /// Adds an interface by the local address that its packets come in with.
  public void addInterface(TransportAddress local) {
    if (!interfaces.contains(local)) {
      interfaces.add(local);
    }
  }

  /// Forgets an interface.
  public void removeInterface(TransportAddress local) {
    interfaces.remove(local);
    entries.values().forEach(entry -> entry.multicastAt.remove(local));
    answers.removeIf(answer -> answer.local().equals(local));
  }

  /// Answers for a name from now on.
  ///
  /// @param name a label before `.local`, not used by anybody before
  /// @param address its port and scope are ignored
  /// @return false when there are too many names
  public boolean publish(String name, TransportAddress address) {
    if (!MdnsQuerier.isResolvable(name)) {
      throw new IllegalArgumentException("\"" + name + "\" is not one label before .local");
    }
    if (entries.size() >= maxNames) {
      return false;
    }
    // Deviates from RFC 6762 §8.1 and §8.3: names are neither probed nor announced, because they
    // are random and new, so that nobody has another address for them; an announcement would take
    // the place of the answer to the first question, which may follow in the same second.
    String key = name.toLowerCase(Locale.ROOT);
    entries.put(key, new Entry(key, address.withPort(0).withScopeId(0)));
    return true;
  }

  /// Answers for a name no more, and takes it back where it was told to all, RFC 6762 §10.1.
  public void withdraw(String name) {
    Entry entry = entries.remove(name.toLowerCase(Locale.ROOT));
    if (entry != null) {
      for (TransportAddress local : entry.multicastAt.keySet()) {
        answer(local, group(local), 0, List.of(), List.of(entry.record(0)));
      }
    }
  }

  /// How many names are answered for.
  public int names() {
    return entries.size();
  }

  /// Packets that were malformed, and questions over the limit of answers.
  public long dropped() {
    return dropped;
  }

  @Override
  public void handlePacket(
      long now,
      TransportAddress local,
      TransportAddress remote,
      int ecn,
      byte[] buffer,
      int offset,
      int length) {
    MdnsMessage message;
    try {
      message = MdnsMessage.parse(buffer, offset, length);
    } catch (MalformedIceException e) {
      dropped++;
      return;
    }
    if (message.response() || !interfaces.contains(local)) {
      return; // Somebody else's answer.
    }
    List<Entry> asked = new ArrayList<>();
    List<MdnsMessage.Question> questions = new ArrayList<>();
    boolean unicast = true;
    for (MdnsMessage.Question question : message.questions()) {
      Entry entry = entries.get(question.name());
      boolean address =
          question.asksFor(MdnsMessage.TYPE_A) || question.asksFor(MdnsMessage.TYPE_AAAA);
      if (entry == null || !address || isKnown(message, entry)) {
        continue;
      }
      questions.add(question);
      unicast &= question.unicastResponse();
      if (!asked.contains(entry)) {
        asked.add(entry);
      }
    }
    if (asked.isEmpty()) {
      return;
    }
    if (remote.port() != MdnsMessage.PORT) {
      // RFC 6762 §6.7: who asks from another port wants the answer there, with its question.
      unicast(now, local, remote, message.id(), questions, asked, LEGACY_TIME_TO_LIVE_SECONDS);
    } else if (unicast) {
      unicast(now, local, remote, 0, List.of(), asked, TIME_TO_LIVE_SECONDS);
    } else {
      multicast(now, local, asked);
    }
  }

  /// RFC 6762 §7.1: what the asker knows, for half its life at least, is not told again.
  private static boolean isKnown(MdnsMessage message, Entry entry) {
    for (MdnsMessage.AddressRecord known : message.addresses()) {
      if (known.name().equals(entry.name)
          && known.address().equals(entry.address)
          && known.timeToLiveSeconds() >= TIME_TO_LIVE_SECONDS / 2) {
        return true;
      }
    }
    return false;
  }

  private void unicast(
      long now,
      TransportAddress local,
      TransportAddress remote,
      int id,
      List<MdnsMessage.Question> questions,
      List<Entry> asked,
      int timeToLiveSeconds) {
    long current = Math.floorDiv(now, MULTICAST_INTERVAL);
    if (current != second) {
      second = current;
      unicasts = 0;
    }
    if (++unicasts > UNICASTS_PER_SECOND) {
      dropped++;
      return;
    }
    answer(local, remote, id, questions, records(asked, timeToLiveSeconds));
  }

  private void multicast(long now, TransportAddress local, List<Entry> asked) {
    asked.removeIf(entry -> {
      Long last = entry.multicastAt.get(local);
      return last != null && now - last < MULTICAST_INTERVAL;
    });
    if (!asked.isEmpty()) {
      asked.forEach(entry -> entry.multicastAt.put(local, now));
      answer(local, group(local), 0, List.of(), records(asked, TIME_TO_LIVE_SECONDS));
    }
  }

  private static List<MdnsMessage.AddressRecord> records(List<Entry> asked, int timeToLiveSeconds) {
    return asked.stream().map(entry -> entry.record(timeToLiveSeconds)).toList();
  }

  private static TransportAddress group(TransportAddress local) {
    return local.isIpv4()
        ? MdnsMessage.IPV4_GROUP
        : MdnsMessage.IPV6_GROUP.withScopeId(local.scopeId());
  }

  private void answer(
      TransportAddress local,
      TransportAddress remote,
      int id,
      List<MdnsMessage.Question> questions,
      List<MdnsMessage.AddressRecord> records) {
    if (answers.size() >= MAX_WAITING) {
      dropped++;
      return;
    }
    answers.add(new Answer(local, remote, new MdnsMessage(id, true, questions, records)));
  }

  /// Nothing here waits for a time.
  @Override
  public void handleTimeout(long now) {}

  @Override
  public long nextTimeout() {
    return ProtocolCore.NEVER;
  }

  @Override
  public boolean pollTransmit(long now, TransmitBuffer out) {
    Answer answer = answers.poll();
    if (answer == null) {
      return false;
    }
    writer.reset(out.array(), out.position(), out.remaining());
    answer.message().write(writer);
    out.route(answer.local(), answer.remote());
    out.commit(writer.length());
    return true;
  }

  /// There are none.
  @Override
  public @Nullable MdnsEvent pollEvent() {
    return null;
  }
}
