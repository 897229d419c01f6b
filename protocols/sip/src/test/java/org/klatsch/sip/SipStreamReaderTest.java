package org.klatsch.sip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SipStreamReaderTest {
  private static final String MESSAGE =
      "OPTIONS sip:a@b SIP/2.0\r\nCSeq: 1 OPTIONS\r\nl : 5\r\n\r\nhello";
  private static final String EMPTY = "SIP/2.0 200 OK\r\ncontent-length: 0\r\n\r\n";

  private static void feed(SipStreamReader reader, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    reader.handleBytes(bytes, 0, bytes.length);
  }

  private static List<String> drain(SipStreamReader reader) throws MalformedSipException {
    List<String> messages = new ArrayList<>();
    while (reader.next()) {
      messages.add(
          new String(
              reader.buffer(),
              reader.packetOffset(),
              reader.packetLength(),
              StandardCharsets.UTF_8));
    }
    return messages;
  }

  @Test
  void cutsByContentLength() throws MalformedSipException {
    SipStreamReader reader = new SipStreamReader();
    feed(reader, MESSAGE + EMPTY + MESSAGE);
    assertThat(drain(reader)).containsExactly(MESSAGE, EMPTY, MESSAGE);
  }

  @Test
  void cutsTheSameHoweverTheBytesCome() throws MalformedSipException {
    String stream = MESSAGE + "\r\n\r\n" + EMPTY + "\r\n\r\n\r\n\r\n" + MESSAGE + EMPTY;
    for (int seed = 0; seed < Integer.getInteger("klatsch.seeds", 50); seed++) {
      Random random = new Random(seed);
      SipStreamReader reader = new SipStreamReader();
      List<String> messages = new ArrayList<>();
      int pings = 0;
      int from = 0;
      while (from < stream.length()) {
        int to = Math.min(stream.length(), from + 1 + random.nextInt(20));
        feed(reader, stream.substring(from, to));
        messages.addAll(drain(reader));
        pings += reader.takePings();
        from = to;
      }
      assertThat(messages).as("seed %d", seed).containsExactly(MESSAGE, EMPTY, MESSAGE, EMPTY);
      assertThat(pings).as("seed %d", seed).isEqualTo(3);
      assertThat(reader.isInsideMessage()).isFalse();
    }
  }

  @Test
  void tellsPingsFromTheirAnswers() throws MalformedSipException {
    SipStreamReader reader = new SipStreamReader();
    feed(reader, "\r\n\r\n");
    assertThat(reader.next()).isFalse();
    assertThat(reader.takePings()).isEqualTo(1);
    assertThat(reader.takePongs()).isZero();
    feed(reader, "\r\n");
    assertThat(reader.next()).isFalse();
    assertThat(reader.takePings()).isZero();
    assertThat(reader.takePongs()).isEqualTo(1);
  }

  @Test
  void refusesStreamsThatCannotBeFollowed() {
    SipLimits limits = new SipLimits(200, 100, 10, 10);
    for (String text :
        List.of(
            "X: y\r\n".repeat(20),
            "OPTIONS sip:a@b SIP/2.0\r\nContent-Length: -1\r\n\r\n",
            "OPTIONS sip:a@b SIP/2.0\r\nContent-Length: 1x\r\n\r\n",
            "OPTIONS sip:a@b SIP/2.0\r\nContent-Length:\r\n\r\n",
            "OPTIONS sip:a@b SIP/2.0\r\nContent-Length: 99999999999999\r\n\r\n",
            "OPTIONS sip:a@b SIP/2.0\r\nContent-Length: 180\r\n\r\n")) {
      SipStreamReader reader = new SipStreamReader(limits);
      feed(reader, text);
      assertThatThrownBy(reader::next).as(text).isInstanceOf(MalformedSipException.class);
    }
  }
}
