package org.klatsch.sctp.dcep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.klatsch.sansio.TransmitBuffer;
import org.klatsch.sctp.SctpAssociation;
import org.klatsch.sctp.SctpOptions;
import org.klatsch.sctp.SeededRandom;

class DataChannelsTest {
  private final List<DataChannelEvent> clientEvents = new ArrayList<>();
  private final List<DataChannelEvent> serverEvents = new ArrayList<>();
  private final long now = 1_000_000_000L;
  private DataChannels client;
  private DataChannels server;

  @BeforeEach
  void make() {
    client = channels(1);
    server = channels(2);
  }

  private static DataChannels channels(long seed) {
    return new DataChannels(
        new SctpAssociation(SctpOptions.defaults(), new SeededRandom(seed)),
        DataChannelOptions.DEFAULT);
  }

  private void exchange() {
    TransmitBuffer out = new TransmitBuffer(1, 9216);
    boolean moved;
    do {
      moved = false;
      for (int side = 0; side < 2; side++) {
        DataChannels from = side == 0 ? client : server;
        DataChannels to = side == 0 ? server : client;
        List<DataChannelEvent> events = side == 0 ? clientEvents : serverEvents;
        while (from.pollTransmit(now, out)) {
          to.handlePacket(now, out.array(), out.packetOffset(0), out.packetLength(0));
          out.clear();
          moved = true;
        }
        for (DataChannelEvent e = from.pollEvent(); e != null; e = from.pollEvent()) {
          events.add(e);
          if (e instanceof DataChannelEvent.Message m) {
            m.channel().consumed(now, m.windowBytes());
          }
          moved = true;
        }
      }
    } while (moved);
  }

  private void connect() {
    client.dtlsRole(now, true);
    server.dtlsRole(now, false);
    client.connect(now);
    server.connect(now);
    exchange();
  }

  private static <T extends DataChannelEvent> List<T> of(
      List<DataChannelEvent> events, Class<T> type) {
    return events.stream().filter(type::isInstance).map(type::cast).toList();
  }

  @Test
  void announcesAChannelAndCarriesTextBothWays() {
    DataChannel chat = client.open(now, "chat", ChannelOptions.DEFAULT);
    connect();
    assertThat(chat.state()).isEqualTo(DataChannel.State.OPEN);
    assertThat(chat.id()).isZero();
    DataChannel remote = of(serverEvents, DataChannelEvent.Announced.class).getFirst().channel();
    assertThat(remote.label()).isEqualTo("chat");
    chat.sendText(now, "grüß dich");
    remote.sendText(now, "");
    exchange();
    DataChannelEvent.Message there = of(serverEvents, DataChannelEvent.Message.class).getFirst();
    assertThat(new String(there.data(), StandardCharsets.UTF_8)).isEqualTo("grüß dich");
    DataChannelEvent.Message back = of(clientEvents, DataChannelEvent.Message.class).getFirst();
    assertThat(back.data()).isEmpty();
    assertThat(back.text()).isTrue();
  }

  @Test
  void closesInOrderAndUsesTheIdAgain() {
    connect();
    DataChannel first = client.open(now, "first", ChannelOptions.DEFAULT);
    first.sendBinary(now, new byte[100_000], 0, 60_000);
    exchange();
    first.sendBinary(now, new byte[100_000], 0, 65_000);
    first.close(now);
    exchange();
    assertThat(of(serverEvents, DataChannelEvent.Message.class)).hasSize(2);
    assertThat(of(serverEvents, DataChannelEvent.Closing.class)).hasSize(1);
    assertThat(of(serverEvents, DataChannelEvent.Closed.class)).hasSize(1);
    assertThat(of(clientEvents, DataChannelEvent.Closed.class))
        .singleElement()
        .satisfies(e -> assertThat(e.failed()).isFalse());
    DataChannel second = client.open(now, "second", ChannelOptions.DEFAULT);
    assertThat(second.id()).isEqualTo(first.id());
    second.sendText(now, "again");
    exchange();
    assertThat(of(serverEvents, DataChannelEvent.Message.class)).hasSize(3);
    assertThat(of(serverEvents, DataChannelEvent.Announced.class)).hasSize(2);
  }

  @Test
  void carriesEveryChannelTypeInItsAnnouncement() {
    connect();
    List<ChannelOptions> types =
        List.of(
            ChannelOptions.DEFAULT,
            ChannelOptions.unordered(-1),
            ChannelOptions.unordered(3),
            new ChannelOptions(true, 5, null, "p", 512, false, -1),
            new ChannelOptions(true, -1, Duration.ofMillis(250), "", 128, false, -1),
            new ChannelOptions(false, -1, Duration.ofMillis(90), "q", 1024, false, -1));
    for (ChannelOptions type : types) {
      DataChannel channel = client.open(now, "ü" + type.priority(), type);
      exchange();
      DataChannel remote = of(serverEvents, DataChannelEvent.Announced.class).getLast().channel();
      assertThat(remote.label()).isEqualTo(channel.label());
      assertThat(remote.id()).isEqualTo(channel.id());
      ChannelOptions o = remote.options();
      assertThat(o.ordered()).isEqualTo(type.ordered());
      assertThat(o.maxRetransmits()).isEqualTo(type.maxRetransmits());
      assertThat(o.maxLifetime()).isEqualTo(type.maxLifetime());
      assertThat(o.priority()).isEqualTo(type.priority());
      assertThat(o.protocol()).isEqualTo(type.protocol());
    }
  }

  @Test
  void givesEvenIdsToTheDtlsClientAndOddToTheServer() {
    connect();
    assertThat(client.open(now, "a", ChannelOptions.DEFAULT).id()).isZero();
    assertThat(client.open(now, "b", ChannelOptions.DEFAULT).id()).isEqualTo(2);
    assertThat(server.open(now, "c", ChannelOptions.DEFAULT).id()).isEqualTo(1);
    exchange();
    assertThat(client.channels()).hasSize(3);
  }

  @Test
  void deliversDataThatCameBeforeANegotiatedChannelWasOpened() {
    connect();
    DataChannel ours = client.open(now, "", ChannelOptions.negotiated(7));
    ours.sendText(now, "early");
    exchange();
    assertThat(of(serverEvents, DataChannelEvent.Message.class)).isEmpty();
    server.open(now, "", ChannelOptions.negotiated(7));
    exchange();
    assertThat(of(serverEvents, DataChannelEvent.Message.class)).hasSize(1);
  }

  @Test
  void refusesMessagesAboveThePeersLimit() {
    connect();
    client.maxMessageSize(1000);
    DataChannel channel = client.open(now, "", ChannelOptions.DEFAULT);
    assertThatThrownBy(() -> channel.sendBinary(now, new byte[1001], 0, 1001))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("1001");
    assertThat(channel.sendBinary(now, new byte[1000], 0, 1000)).isTrue();
  }

  @Test
  void closesBothEndsWhenBothCloseAtOnce() {
    connect();
    DataChannel channel = client.open(now, "", ChannelOptions.DEFAULT);
    exchange();
    DataChannel remote = of(serverEvents, DataChannelEvent.Announced.class).getFirst().channel();
    channel.close(now);
    remote.close(now);
    exchange();
    assertThat(channel.state()).isEqualTo(DataChannel.State.CLOSED);
    assertThat(remote.state()).isEqualTo(DataChannel.State.CLOSED);
    assertThat(client.channels()).isEmpty();
    assertThat(server.channels()).isEmpty();
  }

  @Test
  void survivesThousandsOfChannelsOpenedAndClosed() {
    connect();
    for (int i = 0; i < 2_000; i++) {
      DataChannel channel = client.open(now, "n" + i, ChannelOptions.DEFAULT);
      channel.sendText(now, "x");
      channel.close(now);
      exchange();
    }
    assertThat(of(serverEvents, DataChannelEvent.Closed.class)).hasSize(2_000);
    assertThat(of(serverEvents, DataChannelEvent.Message.class)).hasSize(2_000);
    assertThat(client.channels()).isEmpty();
  }

  @Test
  void closesTheChannelsOfAnEndedAssociation() {
    connect();
    DataChannel channel = client.open(now, "", ChannelOptions.DEFAULT);
    exchange();
    server.association().abort(now, "gone");
    exchange();
    assertThat(channel.state()).isEqualTo(DataChannel.State.CLOSED);
    assertThat(of(clientEvents, DataChannelEvent.Closed.class).getFirst().failed()).isTrue();
    assertThat(clientEvents.getLast()).isInstanceOf(DataChannelEvent.Disconnected.class);
  }

  @Test
  void readsAnnouncementsOfABrowser() throws Exception {
    // DATA_CHANNEL_OPEN of type reliable, priority 256, label "chat", as RFC 8832 §5.1 lays it out.
    byte[] open = HexFormat.of().parseHex("030001000000000000040000" + "63686174");
    DataChannelOpen parsed = DataChannelOpen.parse(open, 100);
    assertThat(parsed.label()).isEqualTo("chat");
    assertThat(parsed.ordered()).isTrue();
    assertThat(parsed.toByteArray()).isEqualTo(open);
  }
}
