package org.klatsch.rtp.rtcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.klatsch.rtp.rtcp.RtcpTest.hex;
import static org.klatsch.rtp.rtcp.RtcpTest.parse;
import static org.klatsch.rtp.rtcp.RtcpTest.roundTrips;
import static org.klatsch.rtp.rtcp.RtcpTest.write;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.klatsch.rtp.MalformedRtpException;

/// The packets that browsers send rarely or never.
class MoreRtcpTest {
  @Test
  void roundTripsThemAll() throws Exception {
    roundTrips(new ApplicationDefined(31, 7, "abcd", new byte[] {1, 2, 3, 4}));
    roundTrips(
        new SliceLossIndication(1, 2, List.of(new SliceLossIndication.Entry(0x1fff, 1, 63))));
    roundTrips(new ReferencePictureSelection(1, 2, 96, new byte[] {1, 2, 3}));
    roundTrips(new TemporaryMaximumBitrateRequest(1, List.of(new BitrateLimit(2, 131_071, 511))));
    roundTrips(
        new TemporaryMaximumBitrateNotification(
            1, List.of(new BitrateLimit(2, 131_071L << 46, 0), new BitrateLimit(3, 0, 40))));
    roundTrips(
        new ExtendedReport(
            1,
            List.of(
                new ExtendedReport.ReceiverReferenceTime(-5),
                new ExtendedReport.ReceiverDelays(
                    List.of(new ExtendedReport.Delay(2, 3, 4), new ExtendedReport.Delay(5, 6, 7))),
                new ExtendedReport.OtherBlock(7, 9, new byte[32]))));
  }

  @Test
  void readsAnExtendedReportAsBrowsersSendIt() throws Exception {
    assertThat(parse(hex("80cf0004 00000001 04000002 e9a1b2c340000000")))
        .containsExactly(
            new ExtendedReport(
                1, List.of(new ExtendedReport.ReceiverReferenceTime(0xe9a1b2c340000000L))));
  }

  @Test
  void keepsTheUpperBitsOfABitrate() throws Exception {
    var sent = new TemporaryMaximumBitrateRequest(1, List.of(new BitrateLimit(2, 1_234_567, 40)));
    var read = (TemporaryMaximumBitrateRequest) parse(write(sent)).getFirst();
    assertThat(read.limits().getFirst().bitrate()).isEqualTo(1_234_567 / 16 * 16);
  }

  @Test
  void readsCongestionFeedback() throws Exception {
    byte[] bytes = hex("8bcd0006 00000001 00000002 fffe0003 e001 0000 9fff 0000 12345678");
    CongestionFeedback feedback = (CongestionFeedback) parse(bytes).getFirst();
    CongestionFeedback.Stream stream = feedback.streams().getFirst();
    assertThat(feedback.reportTimestamp()).isEqualTo(0x12345678);
    assertThat(stream.sequence(2)).isZero();
    assertThat(stream.arrived(0)).isTrue();
    assertThat(stream.ecn(0)).isEqualTo(3);
    assertThat(stream.arrivalOffset(0)).isEqualTo(1);
    assertThat(stream.arrived(1)).isFalse();
    assertThat(stream.arrivalOffset(2)).isEqualTo(CongestionFeedback.OFFSET_UNKNOWN);
    assertThat(write(feedback)).isEqualTo(bytes);
  }

  @Test
  void makesCongestionFeedback() throws Exception {
    int[] reports = {
      CongestionFeedback.received(1, 500_000_000),
      0,
      CongestionFeedback.received(0, -1),
      CongestionFeedback.received(0, 60_000_000_000L)
    };
    CongestionFeedback feedback =
        new CongestionFeedback(
            1,
            List.of(
                new CongestionFeedback.Stream(2, 7, reports),
                new CongestionFeedback.Stream(3, 7, new int[0])),
            99);
    roundTrips(feedback);
    CongestionFeedback.Stream stream = feedback.streams().getFirst();
    assertThat(stream.arrivalOffset(0)).isEqualTo(512);
    assertThat(stream.arrivalOffset(2)).isEqualTo(CongestionFeedback.OFFSET_UNKNOWN);
    assertThat(stream.arrivalOffset(3)).isEqualTo(CongestionFeedback.OFFSET_TOO_LARGE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "80cc0001 00000001",
        "82ce0002 00000001 00000002",
        "83ce0003 00000001 00000002 07600000",
        "83ce0003 00000001 00000002 18600000",
        "83cd0004 00000001 00000000 00000002 ffffffff",
        "8bcd0001 00000001",
        "8bcd0003 00000001 00000002 00000000",
        "8bcd0004 00000001 00000002 0000ffff 00000000",
        "80cf0000",
        "80cf0002 00000001 04000002"
      })
  void rejectsWhatIsMalformed(String text) {
    assertThatThrownBy(() -> parse(hex(text))).isInstanceOf(MalformedRtpException.class);
  }
}
