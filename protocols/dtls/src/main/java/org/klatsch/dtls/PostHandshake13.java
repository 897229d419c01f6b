package org.klatsch.dtls;

import org.klatsch.sansio.MalformedPacketException;

/// What a connection of version 1.3 does with handshake messages after the handshake: new keys for
/// either direction (RFC 9147 §8), tickets read over, all else refused. Every message is
/// acknowledged, as none has an answer that would do it.
final class PostHandshake13 extends Handshake {
  private final DtlsRole role;
  private final KeySchedule13 schedule;
  private int readEpoch = RecordLayer.FIRST_APPLICATION_EPOCH;
  private int writeEpoch = RecordLayer.FIRST_APPLICATION_EPOCH;

  /// Our KeyUpdate is under way.
  private boolean updating;

  /// Another one is to follow, as soon as nothing of ours is under way.
  private boolean wanted;

  PostHandshake13(HandshakeLayer layer, KeySchedule13 schedule) {
    super(layer);
    this.role = layer.options().role();
    this.schedule = schedule;
  }

  /// Goes on with the keys of application data, after a last flight in epoch 2.
  void begin() {
    if (layer.records().writing().number() != writeEpoch) {
      layer.records().startWriting(schedule.applicationWriting(role, writeEpoch));
    }
    layer.install(schedule.applicationReading(role, readEpoch));
    layer.requireEpoch(readEpoch);
  }

  @Override
  void handle(long now, HandshakeMessage message) throws MalformedPacketException {
    if (message.is(HandshakeType.NEW_SESSION_TICKET) && role == DtlsRole.CLIENT) {
      layer.acknowledge();
    } else if (message.is(HandshakeType.KEY_UPDATE)) {
      KeyUpdate update = KeyUpdate.parse(message.reader());
      schedule.update(role.opposite());
      readEpoch++;
      layer.install(schedule.applicationReading(role, readEpoch));
      layer.acknowledge();
      if (update.requested()) {
        updateKeys(false);
      }
    } else {
      throw unexpected(message, "connected");
    }
  }

  /// Sends a KeyUpdate; the new keys are used once it is acknowledged.
  ///
  /// @param both whether the peer is asked for the same
  void updateKeys(boolean both) {
    if (layer.hasFlight()) {
      // One at a time; the answer to a request that came meanwhile must not get lost.
      wanted |= !updating || !both;
      return;
    }
    updating = true;
    Flight flight = new Flight();
    flight.add(
        layer.laterMessage(HandshakeType.KEY_UPDATE, writeEpoch, new KeyUpdate(both).encode()));
    layer.sendLater(flight);
  }

  boolean isUpdating() {
    return updating;
  }

  /// The peer has all that we sent.
  void handleAcknowledged() {
    if (updating) {
      updating = false;
      schedule.update(role);
      writeEpoch++;
      layer.records().startWriting(schedule.applicationWriting(role, writeEpoch));
      layer.records().forgetOldWriting();
    }
    if (wanted) {
      wanted = false;
      updateKeys(false);
    }
  }
}
