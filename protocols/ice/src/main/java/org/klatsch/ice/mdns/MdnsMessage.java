package org.klatsch.ice.mdns;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.klatsch.ice.MalformedIceException;
import org.klatsch.sansio.MalformedPacketException;
import org.klatsch.sansio.PacketReader;
import org.klatsch.sansio.PacketWriter;
import org.klatsch.sansio.TransportAddress;

/// A multicast DNS message, RFC 6762 §18 and RFC 1035 §4, with its questions and its addresses;
/// records of other types are passed over in reading.
///
/// ```
/// +--+--+--+--+--+--+--+--+--+--+--+--+--+--+--+--+
/// |                      ID                       |
/// |QR|   Opcode  |AA|TC|RD|RA|   Z    |   RCODE   |
/// |                    QDCOUNT                    |
/// |                    ANCOUNT                    |
/// |                    NSCOUNT                    |
/// |                    ARCOUNT                    |
/// +--+--+--+--+--+--+--+--+--+--+--+--+--+--+--+--+
/// ```
///
/// @param id zero in multicast messages; an answer to a port other than 5353 repeats the question's
///   (RFC 6762 §6.7)
/// @param response whether this answers
/// @param questions in order
/// @param addresses the A and AAAA records of all sections, in order
public record MdnsMessage(
    int id, boolean response, List<Question> questions, List<AddressRecord> addresses) {
  /// The port of multicast DNS.
  public static final int PORT = 5353;

  /// The groups of multicast DNS, RFC 6762 §3.
  public static final TransportAddress IPV4_GROUP = TransportAddress.parse("224.0.0.251", PORT);

  /// The group on IPv6; it needs the scope of an interface.
  public static final TransportAddress IPV6_GROUP = TransportAddress.parse("ff02::fb", PORT);

  /// A record, IPv4.
  public static final int TYPE_A = 1;

  /// AAAA record, IPv6.
  public static final int TYPE_AAAA = 28;

  private static final int TYPE_NSEC = 47;
  private static final int TYPE_ANY = 255;
  private static final int CLASS_IN = 1;
  private static final int CLASS_ANY = 255;

  /// The top bit of a question's class asks for a unicast answer (RFC 6762 §5.4), that of a
  /// record's class says that it replaces others (§10.2).
  private static final int TOP_BIT = 0x8000;

  private static final int RESPONSE_FLAGS = 0x8400;

  /// More than this in one message is a flood, not an answer.
  private static final int MAX_RECORDS = 256;

  /// RFC 1035 §2.3.4.
  private static final int MAX_NAME = 255;

  /// A question for the addresses of a name.
  ///
  /// @param name in lower case, without the dot at the end
  /// @param type [#TYPE_A], [#TYPE_AAAA] or another
  /// @param unicastResponse whether the answer may come by unicast
  public record Question(String name, int type, boolean unicastResponse) {
    /// Whether a record of that type answers this.
    public boolean asksFor(int recordType) {
      return type == recordType || type == TYPE_ANY;
    }
  }

  /// An address of a name.
  ///
  /// @param name in lower case, without the dot at the end
  /// @param address port 0, no scope
  /// @param timeToLiveSeconds 0 when the name is given up, RFC 6762 §10.1
  public record AddressRecord(String name, TransportAddress address, long timeToLiveSeconds) {}

  public MdnsMessage {
    questions = List.copyOf(questions);
    addresses = List.copyOf(addresses);
  }

  /// A question for the IPv4 and IPv6 addresses of a name.
  public static MdnsMessage query(int id, String name, boolean unicastResponse) {
    String lower = name.toLowerCase(Locale.ROOT);
    return new MdnsMessage(
        id,
        false,
        List.of(
            new Question(lower, TYPE_A, unicastResponse),
            new Question(lower, TYPE_AAAA, unicastResponse)),
        List.of());
  }

  /// Parses one packet.
  public static MdnsMessage parse(byte[] buffer, int offset, int length)
      throws MalformedIceException {
    try {
      return new Parser(buffer, offset, length).parse();
    } catch (MalformedIceException e) {
      throw e;
    } catch (MalformedPacketException e) {
      throw new MalformedIceException("mDNS message is " + e.getMessage());
    }
  }

  private static final class Parser {
    private final byte[] buffer;
    private final int start;
    private final int end;
    private final PacketReader reader;

    Parser(byte[] buffer, int offset, int length) {
      this.buffer = buffer;
      this.start = offset;
      this.end = offset + length;
      this.reader = new PacketReader(buffer, offset, length);
    }

    MdnsMessage parse() throws MalformedPacketException {
      int id = reader.u16();
      int flags = reader.u16();
      int questionCount = reader.u16();
      int recordCount = reader.u16() + reader.u16() + reader.u16();
      if (questionCount + recordCount > MAX_RECORDS) {
        throw new MalformedIceException(questionCount + recordCount + " records in one message");
      }
      if ((flags & 0x780f) != 0) {
        throw new MalformedIceException("opcode or rcode 0x" + Integer.toHexString(flags & 0x780f));
      }
      List<Question> questions = new ArrayList<>();
      for (int i = 0; i < questionCount; i++) {
        String name = name();
        int type = reader.u16();
        questions.add(new Question(name, type, (reader.u16() & TOP_BIT) != 0));
      }
      List<AddressRecord> addresses = new ArrayList<>();
      for (int i = 0; i < recordCount; i++) {
        String name = name();
        int type = reader.u16();
        int recordClass = reader.u16() & ~TOP_BIT;
        long timeToLive = reader.u32();
        int length = reader.u16();
        boolean internet = recordClass == CLASS_IN || recordClass == CLASS_ANY;
        if (internet && (type == TYPE_A && length == 4 || type == TYPE_AAAA && length == 16)) {
          TransportAddress address = TransportAddress.of(reader.bytes(length), 0);
          addresses.add(new AddressRecord(name, address, timeToLive));
        } else {
          reader.skip(length);
        }
      }
      return new MdnsMessage(id, (flags & 0x8000) != 0, questions, addresses);
    }

    /// A name at the reader's place, RFC 1035 §4.1.4. A pointer must lead backwards, to before the
    /// part it was read in, so that no name is endless.
    private String name() throws MalformedPacketException {
      StringBuilder name = new StringBuilder(48);
      int at = reader.position();
      int limit = at;
      int after = -1;
      while (true) {
        if (at >= end) {
          throw new MalformedIceException("a name reaches beyond the message");
        }
        int length = buffer[at] & 0xff;
        if (length == 0) {
          at++;
          break;
        }
        if (length >= 0xc0) {
          if (at + 1 >= end) {
            throw new MalformedIceException("a pointer reaches beyond the message");
          }
          int target = start + ((length & 0x3f) << 8 | buffer[at + 1] & 0xff);
          if (target >= limit) {
            throw new MalformedIceException("a pointer does not lead backwards");
          }
          after = after < 0 ? at + 2 : after;
          limit = target;
          at = target;
          continue;
        }
        if (length > 63 || at + 1 + length > end || name.length() + length + 1 > MAX_NAME) {
          throw new MalformedIceException("a label of " + length + " bytes");
        }
        if (!name.isEmpty()) {
          name.append('.');
        }
        name.append(new String(buffer, at + 1, length, StandardCharsets.UTF_8));
        at += 1 + length;
      }
      reader.skip((after < 0 ? at : after) - reader.position());
      return name.toString().toLowerCase(Locale.ROOT);
    }
  }

  /// Writes this message, names uncompressed. A response says with each name that it has no other
  /// records, so that nobody waits for them, RFC 6762 §6.1.
  public void write(PacketWriter out) {
    Set<String> complete = response ? names() : Set.of();
    out.u16(id).u16(response ? RESPONSE_FLAGS : 0);
    out.u16(questions.size()).u16(addresses.size()).u16(0).u16(complete.size());
    for (Question question : questions) {
      writeName(out, question.name());
      out.u16(question.type()).u16(CLASS_IN | (question.unicastResponse() ? TOP_BIT : 0));
    }
    for (AddressRecord record : addresses) {
      writeName(out, record.name());
      byte[] address = record.address().addressBytes();
      out.u16(address.length == 4 ? TYPE_A : TYPE_AAAA).u16(recordClass());
      out.u32((int) record.timeToLiveSeconds()).u16(address.length).bytes(address);
    }
    for (String name : complete) {
      writeTypes(out, name);
    }
  }

  /// A responder of the old kind takes the top bit for another class: no answer that repeats its
  /// question has it, RFC 6762 §6.7.
  private int recordClass() {
    return response && questions.isEmpty() ? CLASS_IN | TOP_BIT : CLASS_IN;
  }

  /// The names that this gives addresses of.
  private Set<String> names() {
    Set<String> names = new LinkedHashSet<>();
    for (AddressRecord record : addresses) {
      if (record.timeToLiveSeconds() > 0) {
        names.add(record.name());
      }
    }
    return names;
  }

  /// An NSEC record: which types of records a name has, RFC 4034 §4.1.
  private void writeTypes(PacketWriter out, String name) {
    int[] bitmap = new int[4];
    long timeToLive = 0;
    for (AddressRecord record : addresses) {
      if (record.name().equals(name)) {
        int type = record.address().isIpv4() ? TYPE_A : TYPE_AAAA;
        bitmap[type / 8] |= 0x80 >> type % 8;
        timeToLive = record.timeToLiveSeconds();
      }
    }
    writeName(out, name);
    out.u16(TYPE_NSEC).u16(recordClass()).u32((int) timeToLive);
    // A name takes a byte more than its characters before each label and at the end.
    out.u16(name.getBytes(StandardCharsets.UTF_8).length + 2 + 2 + bitmap.length);
    writeName(out, name);
    out.u8(0).u8(bitmap.length);
    for (int bits : bitmap) {
      out.u8(bits);
    }
  }

  private static void writeName(PacketWriter out, String name) {
    for (String label : name.split("\\.")) {
      byte[] bytes = label.getBytes(StandardCharsets.UTF_8);
      if (bytes.length == 0 || bytes.length > 63) {
        throw new IllegalArgumentException(
            "a label of \"" + name + "\" has " + bytes.length + " bytes, not 1 to 63");
      }
      out.u8(bytes.length).bytes(bytes);
    }
    out.u8(0);
  }
}
