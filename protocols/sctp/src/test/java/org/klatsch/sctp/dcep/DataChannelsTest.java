package org.klatsch.sctp.dcep;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
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
    assertThat(new String(there.data(), java.nio.charset.StandardCharsets.UTF_8))
        .isEqualTo("grüß dich");
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
}
