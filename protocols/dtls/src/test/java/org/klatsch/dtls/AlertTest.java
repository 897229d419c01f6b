package org.klatsch.dtls;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What every alert of the peer does, RFC 5246 §7.2 and RFC 8446 §6.
class AlertTest {
  private static final byte WARNING = 1;
  private static final byte FATAL = 2;

  private static final List<AlertDescription> NEVER_FATAL_IN_1_3 =
      List.of(AlertDescription.CLOSE_NOTIFY, AlertDescription.USER_CANCELED);

  private static TestPair connected(boolean newer) {
    TestPair pair =
        newer ? new TestPair(TestPair.newClient(), TestPair.newServer()) : new TestPair();
    return pair.connect();
  }

  private static void tell(TestPair pair, byte level, int code) {
    byte[] record = new byte[100];
    int length =
        pair.client.connection.seal(ContentType.ALERT, new byte[] {level, (byte) code}, record);
    pair.server.receive(0, Arrays.copyOf(record, length));
  }

  private static void assertEndedBy(TestEnd end, AlertDescription alert) {
    CloseCause cause = end.closeCause();
    assertThat(cause.alert()).isEqualTo(alert == AlertDescription.CLOSE_NOTIFY ? null : alert);
    assertThat(cause.kind())
        .isEqualTo(
            alert == AlertDescription.CLOSE_NOTIFY
                ? CloseCause.Kind.CLOSED_BY_PEER
                : CloseCause.Kind.ALERT_RECEIVED);
    assertThat(end.send(new byte[] {1})).isFalse();
  }

  @ParameterizedTest
  @EnumSource(AlertDescription.class)
  void aFatalOneEndsTheConnectionInEitherVersion(AlertDescription alert) {
    for (boolean newer : new boolean[] {false, true}) {
      TestPair pair = connected(newer);
      tell(pair, FATAL, alert.code());
      assertEndedBy(pair.server, alert);
    }
  }

  @ParameterizedTest
  @EnumSource(AlertDescription.class)
  void aWarningEndsAConnectionOfTheNewVersionAlone(AlertDescription alert) {
    TestPair older = connected(false);
    tell(older, WARNING, alert.code());
    TestPair newer = connected(true);
    tell(newer, WARNING, alert.code());
    if (alert == AlertDescription.CLOSE_NOTIFY) {
      assertEndedBy(older.server, alert);
    } else {
      assertThat(older.server.connection.isConnected()).isTrue();
      assertThat(older.server.event(DtlsEvent.AlertReceived.class))
          .isEqualTo(new DtlsEvent.AlertReceived(false, alert));
    }
    if (NEVER_FATAL_IN_1_3.contains(alert)) {
      assertThat(newer.server.connection.isConnected())
          .isEqualTo(alert == AlertDescription.USER_CANCELED);
    } else {
      assertEndedBy(newer.server, alert);
    }
  }

  @ParameterizedTest
  @EnumSource(AlertDescription.class)
  void oneThatAnybodyCouldHaveSentDoesNothingOnceConnected(AlertDescription alert) {
    for (boolean newer : new boolean[] {false, true}) {
      TestPair pair = connected(newer);
      // A plaintext record of epoch 0: type, version, epoch, number, length, level, description.
      byte[] packet = {
        ContentType.ALERT, -2, -3, 0, 0, 0, 0, 0, 0, 0, 9, 0, 2, FATAL, (byte) alert.code()
      };
      pair.server.receive(0, packet);
      assertThat(pair.server.connection.isConnected()).isTrue();
      assertThat(pair.server.event(DtlsEvent.AlertReceived.class)).isNull();
    }
  }
}
