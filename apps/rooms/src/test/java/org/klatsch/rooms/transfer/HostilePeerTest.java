package org.klatsch.rooms.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The other end says and sends whatever it likes.
class HostilePeerTest {
  private static final String HELLO =
      "{\"type\":\"hello\",\"versions\":[1],\"role\":\"member\",\"nonce\":\"00112233445566778899aabbccddeeff\"}";

  @TempDir Path temp;
  private Path target;
  private final BlockingQueue<String> said = new LinkedBlockingQueue<>();
  private final BlockingQueue<byte[]> sent = new LinkedBlockingQueue<>();
  private final TransferTest.Events events = new TransferTest.Events();
  private TransferPeer peer;

  private final class Recorder implements MessageChannel {
    @Override
    public void send(String text) {
      said.add(text);
    }

    @Override
    public void send(byte[] data, int off, int length) {
      sent.add(java.util.Arrays.copyOfRange(data, off, off + length));
    }

    @Override
    public long bufferedAmount() {
      return 0;
    }

    @Override
    public void bufferedAmountLowThreshold(long bytes) {}

    @Override
    public long maxMessageSize() {
      return 65_536;
    }
  }

  @BeforeEach
  void greet() {
    target = temp.resolve("target");
    peer =
        new TransferPeer(
            new Recorder(),
            new Recorder(),
            TransferOptions.defaults("test"),
            events,
            new SecureRandom());
    peer.handleOpen(new Access.Room());
    peer.handleControl(HELLO);
    said.remove();
  }

  private IncomingTransfer offered(String files) throws Exception {
    peer.handleControl("{\"type\":\"offer\",\"transfer\":7,\"files\":[" + files + "]}");
    return events.offer();
  }

  private IncomingTransfer accepted(String files) throws Exception {
    IncomingTransfer offer = offered(files);
    offer.accept(new ReceiveOptions(target, ReceiveOptions.Existing.REFUSE));
    assertThat(said.poll(10, TimeUnit.SECONDS)).contains("\"accept\"");
    return offer;
  }

  private void data(int file, long offset, int length) {
    frame(BulkFrame.DATA, file, offset, new byte[length]);
  }

  private void frame(int type, int file, long offset, byte[] payload) {
    byte[] frame = new byte[BulkFrame.HEADER_LENGTH + payload.length];
    BulkFrame.writeHeader(frame, type, 7, file, offset);
    System.arraycopy(payload, 0, frame, BulkFrame.HEADER_LENGTH, payload.length);
    peer.handleBulk(frame, 0, frame.length);
  }

  private static TransferResult result(Transfer transfer) {
    return transfer.result().orTimeout(10, TimeUnit.SECONDS).join();
  }

  private String closed() {
    return events.closed.orTimeout(10, TimeUnit.SECONDS).join();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../outside",
        "/etc/outside",
        "..\\\\outside",
        "a/../../outside",
        "C:/outside",
        "....//outside",
        "a/\\u0000/../../outside",
        "~/outside",
        "./.././../outside"
      })
  void namesNeverLeaveTheFolder(String name) throws Exception {
    Files.createDirectories(temp.resolve("elsewhere"));
    IncomingTransfer in = accepted("{\"name\":\"" + name + "\",\"size\":1}");
    data(0, 0, 1);
    frame(BulkFrame.END, 0, 1, MessageDigest.getInstance("SHA-256").digest(new byte[1]));
    assertThat(said.poll(10, TimeUnit.SECONDS)).contains("\"ack\"");
    assertThat(said.poll(10, TimeUnit.SECONDS)).contains("\"received\"");
    peer.handleControl("{\"type\":\"done\",\"transfer\":7}");
    assertThat(result(in).succeeded()).isTrue();
    try (var found = Files.walk(temp)) {
      assertThat(found.filter(Files::isRegularFile).toList())
          .hasSize(1)
          .allSatisfy(path -> assertThat(path).startsWith(target));
    }
  }

  @Test
  void deletesAFileWhoseHashIsALie() throws Exception {
    IncomingTransfer in = accepted("{\"name\":\"f\",\"size\":10}");
    data(0, 0, 10);
    frame(BulkFrame.END, 0, 10, new byte[32]);
    assertThat(said.poll(10, TimeUnit.SECONDS)).contains("\"ack\"");
    assertThat(said.poll(10, TimeUnit.SECONDS)).contains("\"failed\"").contains("integrity");
    peer.handleControl("{\"type\":\"done\",\"transfer\":7}");
    assertThat(result(in).firstFailure()).isEqualTo("integrity");
    assertThat(target.resolve("f")).doesNotExist();
    try (var found = Files.list(target)) {
      assertThat(found).noneMatch(path -> path.toString().endsWith(".klatsch-part"));
    }
  }

  @Test
  void refusesAnEndBeforeTheSize() throws Exception {
    IncomingTransfer in = accepted("{\"name\":\"f\",\"size\":10}");
    data(0, 0, 5);
    frame(BulkFrame.END, 0, 5, MessageDigest.getInstance("SHA-256").digest(new byte[5]));
    while (!said.poll(10, TimeUnit.SECONDS).contains("integrity")) {}
    peer.handleControl("{\"type\":\"done\",\"transfer\":7}");
    assertThat(result(in).firstFailure()).isEqualTo("integrity");
  }

  /// First frame, second frame: file, offset, length.
  @ParameterizedTest
  @CsvSource({
    "0,0,10, 0,5,10",
    "0,0,10, 0,11,5",
    "0,0,10, 0,0,10",
    "0,5,10, 0,15,10",
    "1,0,1, 1,1,1",
    "0,0,10, 1,0,10",
    "0,0,100, 0,100,1",
    "9999,0,1, 9999,1,1"
  })
  void refusesGapsOverlapsAndFilesOutOfTurn(
      int file, long offset, int length, int file2, long offset2, int length2) throws Exception {
    IncomingTransfer in = accepted("{\"name\":\"f\",\"size\":100},{\"name\":\"g\",\"size\":100}");
    data(file, offset, length);
    data(file2, offset2, length2);
    assertThat(result(in).reason()).isEqualTo("protocol");
    // Late frames of the transfer that ended are dropped, and the connection lives.
    data(0, 0, 10);
    assertThat(peer.ready()).isTrue();
  }

  @Test
  void refusesMoreThanTheWindow() throws Exception {
    IncomingTransfer in = offered("{\"name\":\"f\",\"size\":1000000000}");
    in.accept(new ReceiveOptions(target, ReceiveOptions.Existing.REFUSE));
    // The disk cannot write while we hold the lock of the peer.
    peer.lock.lock();
    try {
      for (int i = 0; i < 17 << 4; i++) {
        data(0, (long) i << 16, 1 << 16);
      }
    } finally {
      peer.lock.unlock();
    }
    assertThat(result(in).reason()).isEqualTo("flow");
  }

  @Test
  void refusesAFloodOfTinyFrames() throws Exception {
    IncomingTransfer in = offered("{\"name\":\"f\",\"size\":1000000000}");
    in.accept(new ReceiveOptions(target, ReceiveOptions.Existing.REFUSE));
    peer.lock.lock();
    try {
      for (int i = 0; i < 40_000; i++) {
        data(0, i, 1);
      }
    } finally {
      peer.lock.unlock();
    }
    assertThat(result(in).reason()).isEqualTo("flow");
  }

  @Test
  void refusesFramesOfATransferNobodyAccepted() throws Exception {
    IncomingTransfer in = offered("{\"name\":\"f\",\"size\":10}");
    data(0, 0, 10);
    assertThat(result(in).reason()).isEqualTo("protocol");
    assertThat(target).doesNotExist();
  }

  @Test
  void endsTheConnectionOnFramesOfUnknownTransfers() {
    data(0, 0, 10);
    assertThat(closed()).isEqualTo("protocol");
  }

  @Test
  void declinesMoreOffersThanItCanHold() {
    for (int i = 1; i <= 100; i++) {
      peer.handleControl(
          "{\"type\":\"offer\",\"transfer\":" + i + ",\"files\":[{\"name\":\"f\",\"size\":1}]}");
    }
    assertThat(said).hasSize(36).allSatisfy(text -> assertThat(text).contains("limit"));
    assertThat(peer.ready()).isTrue();
  }

  @Test
  void declinesNamesThatWouldFillTheMemory() {
    String files = ("{\"name\":\"" + "x".repeat(4_000) + "\",\"size\":1},").repeat(15);
    String part =
        "{\"type\":\"offer\",\"transfer\":7,\"files\":["
            + files.substring(0, files.length() - 1)
            + "],\"more\":true}";
    for (int i = 0; i < 1_000; i++) {
      peer.handleControl(part);
    }
    assertThat(said).hasSize(1);
    assertThat(said.peek()).contains("limit");
    assertThat(peer.droppedMessages()).isGreaterThan(900);
  }

  @Test
  void dropsAFloodOfChat() {
    for (int i = 0; i < 10_000; i++) {
      peer.handleControl("{\"type\":\"chat\",\"id\":\"1\",\"text\":\"spam\",\"time\":0}");
    }
    assertThat(peer.droppedMessages()).isGreaterThan(9_000);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{",
        HELLO,
        "{\"type\":\"done\",\"transfer\":-1}",
        "{\"type\":\"pake\",\"y\":\"0000000000000000000000000000000000000000000000000000000000000000\"}"
      })
  void endsTheConnectionOnNonsense(String text) {
    peer.handleControl(text);
    assertThat(closed()).isEqualTo("protocol");
    assertThat(said.poll()).contains("\"error\"").contains("protocol");
  }

  @Test
  void ignoresWhatItDoesNotKnow() {
    peer.handleControl("{\"type\":\"hologram\",\"size\":3}");
    peer.handleControl("{\"type\":\"ack\",\"transfer\":99,\"bytes\":1}");
    assertThat(peer.ready()).isTrue();
    assertThat(said).isEmpty();
  }

  @Test
  void refusesAcknowledgementsOfWhatWasNotSent() throws Exception {
    Path file = Files.write(temp.resolve("f"), new byte[100]);
    peer.offer(SourceFile.of(java.util.List.of(file)));
    String offer = said.poll(10, TimeUnit.SECONDS);
    String id = offer.replaceAll(".*\"transfer\":(\\d+).*", "$1");
    peer.handleControl("{\"type\":\"ack\",\"transfer\":" + id + ",\"bytes\":1}");
    assertThat(closed()).isEqualTo("protocol");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"have\":[{\"file\":1,\"offset\":1,\"sha256\":\"%s\"}]",
        "\"have\":[{\"file\":0,\"offset\":101,\"sha256\":\"%s\"}]",
        "\"have\":[{\"file\":0,\"offset\":2,\"sha256\":\"%s\"},{\"file\":0,\"offset\":1,\"sha256\":\"%s\"}]",
        "\"skip\":[1]"
      })
  void refusesAcceptancesThatDoNotFit(String members) throws Exception {
    Path file = Files.write(temp.resolve("f"), new byte[100]);
    peer.offer(SourceFile.of(java.util.List.of(file)));
    String id = said.poll(10, TimeUnit.SECONDS).replaceAll(".*\"transfer\":(\\d+).*", "$1");
    peer.handleControl(
        "{\"type\":\"accept\",\"transfer\":"
            + id
            + ",\"window\":262144,"
            + members.replace("%s", "ab".repeat(32))
            + "}");
    assertThat(closed()).isEqualTo("protocol");
  }

  @Test
  void startsAnewWhenTheOthersBeginningDiffers() throws Exception {
    byte[] content = new byte[300_000];
    new Random(1).nextBytes(content);
    Path file = Files.write(temp.resolve("f"), content);
    peer.offer(SourceFile.of(java.util.List.of(file)));
    String id = said.poll(10, TimeUnit.SECONDS).replaceAll(".*\"transfer\":(\\d+).*", "$1");
    byte[] digest =
        MessageDigest.getInstance("SHA-256").digest(java.util.Arrays.copyOf(content, 1_000));
    peer.handleControl(
        "{\"type\":\"accept\",\"transfer\":"
            + id
            + ",\"window\":1048576,\"have\":[{\"file\":0,\"offset\":1000,\"sha256\":\""
            + HexFormat.of().formatHex(digest)
            + "\"},{\"file\":0,\"offset\":2000,\"sha256\":\""
            + "ab".repeat(32)
            + "\"}]}");
    byte[] first = sent.poll(10, TimeUnit.SECONDS);
    assertThat(BulkFrame.parse(first, 0, first.length).offset()).isEqualTo(1_000);
  }

  @Test
  void staysInsideTheWindowOfTheReceiver() throws Exception {
    Path file = Files.write(temp.resolve("f"), new byte[2_000_000]);
    peer.offer(SourceFile.of(java.util.List.of(file)));
    String id = said.poll(10, TimeUnit.SECONDS).replaceAll(".*\"transfer\":(\\d+).*", "$1");
    peer.handleControl("{\"type\":\"accept\",\"transfer\":" + id + ",\"window\":262144}");
    long total = 0;
    // Four frames of 64 KiB fit into the window, the fifth waits for an acknowledgement.
    for (byte[] frame = sent.poll(10, TimeUnit.SECONDS);
        frame != null;
        frame = sent.poll(200, TimeUnit.MILLISECONDS)) {
      total += frame.length - BulkFrame.HEADER_LENGTH;
    }
    assertThat(total).isBetween(190_000L, 262_144L);
    peer.handleControl("{\"type\":\"ack\",\"transfer\":" + id + ",\"bytes\":" + total + "}");
    assertThat(sent.poll(10, TimeUnit.SECONDS)).isNotNull();
    peer.close();
  }

  @Test
  void neverShowsItsTagToOneWhoDoesNotKnowTheSecret() {
    TransferTest.Events guarded = new TransferTest.Events();
    BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    MessageChannel control =
        new MessageChannel() {
          @Override
          public void send(String text) {
            heard.add(text);
          }

          @Override
          public void send(byte[] data, int off, int length) {}

          @Override
          public long bufferedAmount() {
            return 0;
          }

          @Override
          public void bufferedAmountLowThreshold(long bytes) {}

          @Override
          public long maxMessageSize() {
            return 65_536;
          }
        };
    TransferPeer sender =
        new TransferPeer(
            control, control, TransferOptions.defaults("test"), guarded, new SecureRandom());
    sender.handleOpen(
        new Access.Code(
            org.klatsch.rooms.secret.SecretProof.Role.SENDER,
            new org.klatsch.rooms.secret.TransferCode("1", "secret"),
            new org.klatsch.rooms.secret.GuessLimit(),
            new byte[32],
            new byte[32]));
    sender.handleControl(HELLO.replace("member", "receiver"));
    sender.handleControl("{\"type\":\"pake\",\"y\":\"09" + "00".repeat(31) + "\"}");
    sender.handleControl("{\"type\":\"confirm\",\"tag\":\"" + "00".repeat(32) + "\"}");
    assertThat(guarded.closed.orTimeout(10, TimeUnit.SECONDS).join()).isEqualTo("wrong-code");
    assertThat(heard).noneMatch(text -> text.contains("\"confirm\""));
  }
}
