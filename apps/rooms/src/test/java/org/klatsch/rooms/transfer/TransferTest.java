package org.klatsch.rooms.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.klatsch.rooms.secret.GuessLimit;
import org.klatsch.rooms.secret.SecretProof;
import org.klatsch.rooms.secret.TransferCode;

class TransferTest {
  private static final TransferCode CODE = new TransferCode("4711", "tango-river-maple");
  private static final TransferOptions OPTIONS = TransferOptions.defaults("test");

  @TempDir Path temp;
  private Path source;
  private Path target;

  @BeforeEach
  void makeFolders() throws Exception {
    source = Files.createDirectory(temp.resolve("source"));
    target = temp.resolve("target");
  }

  /// Collects what a peer tells.
  static final class Events implements TransferListener {
    final CompletableFuture<Void> ready = new CompletableFuture<>();
    final CompletableFuture<String> closed = new CompletableFuture<>();
    final BlockingQueue<String> chat = new LinkedBlockingQueue<>();
    final BlockingQueue<IncomingTransfer> offers = new LinkedBlockingQueue<>();

    @Override
    public void ready() {
      ready.complete(null);
    }

    @Override
    public void chatReceived(String text, long time) {
      chat.add(text);
    }

    @Override
    public void filesOffered(IncomingTransfer offer) {
      offers.add(offer);
    }

    @Override
    public void closed(String reason, String message) {
      closed.complete(reason);
    }

    IncomingTransfer offer() throws InterruptedException {
      IncomingTransfer offer = offers.poll(10, TimeUnit.SECONDS);
      assertThat(offer).isNotNull();
      return offer;
    }
  }

  /// Two connected members of a room.
  static final class Pair {
    final MemoryConnection connection = new MemoryConnection();
    final Events leftEvents = new Events();
    final Events rightEvents = new Events();
    final TransferPeer left;
    final TransferPeer right;

    Pair() {
      this(OPTIONS, new Access.Room(), new Access.Room());
    }

    Pair(TransferOptions options, Access leftAccess, Access rightAccess) {
      left = connection.left.peer(options, leftEvents);
      right = connection.right.peer(options, rightEvents);
      connection.start(leftAccess, rightAccess);
    }

    Pair ready() {
      leftEvents.ready.orTimeout(10, TimeUnit.SECONDS).join();
      rightEvents.ready.orTimeout(10, TimeUnit.SECONDS).join();
      return this;
    }
  }

  private static TransferResult result(Transfer transfer) {
    return transfer.result().orTimeout(30, TimeUnit.SECONDS).join();
  }

  private ReceiveOptions intoTarget() {
    return new ReceiveOptions(target, ReceiveOptions.Existing.REFUSE);
  }

  private Path file(String name, byte[] content) throws Exception {
    Path path = source.resolve(name);
    Files.createDirectories(path.getParent());
    return Files.write(path, content);
  }

  private static byte[] random(long seed, int length) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  private static String sha256(byte[] content) throws Exception {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
  }

  private List<String> tree(Path folder) throws Exception {
    try (Stream<Path> paths = Files.walk(folder)) {
      return paths
          .filter(p -> !Files.isDirectory(p))
          .map(p -> folder.relativize(p).toString())
          .sorted()
          .toList();
    }
  }

  @Test
  void carriesChatBothWays() throws Exception {
    Pair pair = new Pair().ready();
    pair.left.chat("Tea is ready", 1);
    pair.right.chat("<b>Coming</b>", 2);
    assertThat(pair.rightEvents.chat.poll(10, TimeUnit.SECONDS)).isEqualTo("Tea is ready");
    assertThat(pair.leftEvents.chat.poll(10, TimeUnit.SECONDS)).isEqualTo("<b>Coming</b>");
  }

  @Test
  void sendsFilesAndFolders() throws Exception {
    byte[] large = random(1, 5_000_000);
    file("album/large.bin", large);
    file("album/sub/empty.txt", new byte[0]);
    file("note.txt", "hello".getBytes(StandardCharsets.UTF_8));
    Pair pair = new Pair().ready();
    OutgoingTransfer out =
        pair.left.offer(
            SourceFile.of(List.of(source.resolve("album"), source.resolve("note.txt"))));
    IncomingTransfer in = pair.rightEvents.offer();
    assertThat(in.entries())
        .containsExactly(
            new IncomingTransfer.OfferedEntry("album/large.bin", 5_000_000),
            new IncomingTransfer.OfferedEntry("album/sub/empty.txt", 0),
            new IncomingTransfer.OfferedEntry("note.txt", 5));
    in.accept(intoTarget());
    assertThat(result(in).succeeded()).isTrue();
    assertThat(result(out)).isEqualTo(result(in));
    assertThat(result(out).files().getFirst().sha256()).isEqualTo(sha256(large));
    assertThat(tree(target)).containsExactly("album/large.bin", "album/sub/empty.txt", "note.txt");
    assertThat(target.resolve("album/large.bin")).hasBinaryContent(large);
    assertThat(Files.getLastModifiedTime(target.resolve("note.txt")).toMillis())
        .isEqualTo(Files.getLastModifiedTime(source.resolve("note.txt")).toMillis());
    assertThat(out.progress().bytes()).isEqualTo(5_000_005);
  }

  @Test
  void sendsInBothDirectionsAtOnce() throws Exception {
    byte[] one = random(1, 3_000_000);
    byte[] two = random(2, 3_000_000);
    Pair pair = new Pair().ready();
    Transfer a = pair.left.offer(SourceFile.of(List.of(file("one", one))));
    Transfer b = pair.right.offer(SourceFile.of(List.of(file("two", two))));
    pair.rightEvents.offer().accept(intoTarget());
    pair.leftEvents
        .offer()
        .accept(new ReceiveOptions(temp.resolve("other"), ReceiveOptions.Existing.REFUSE));
    assertThat(result(a).succeeded()).isTrue();
    assertThat(result(b).succeeded()).isTrue();
    assertThat(target.resolve("one")).hasBinaryContent(one);
    assertThat(temp.resolve("other/two")).hasBinaryContent(two);
  }

  @Test
  void pausesFromEitherSide() throws Exception {
    byte[] content = random(3, 40_000_000);
    Pair pair = new Pair().ready();
    Transfer out = pair.left.offer(SourceFile.of(List.of(file("f", content))));
    out.pause();
    IncomingTransfer in = pair.rightEvents.offer();
    in.pause();
    in.accept(intoTarget());
    out.resume();
    // A chat line that comes back was carried behind everything that could have been sent
    // meanwhile.
    pair.left.chat("ping", 0);
    pair.rightEvents.chat.poll(10, TimeUnit.SECONDS);
    assertThat(pair.connection.bytes()).isZero();
    assertThat(out.progress().paused()).isTrue();
    in.resume();
    assertThat(result(out).succeeded()).isTrue();
    assertThat(result(in).succeeded()).isTrue();
    assertThat(target.resolve("f")).hasBinaryContent(content);
  }

  @Test
  void cancelsFromEitherSideAndKeepsThePart() throws Exception {
    for (boolean bySender : new boolean[] {true, false}) {
      Pair pair = new Pair().ready();
      Transfer out =
          pair.left.offer(SourceFile.of(List.of(file("f" + bySender, random(4, 30_000_000)))));
      IncomingTransfer in = pair.rightEvents.offer();
      in.accept(intoTarget());
      while (in.progress().bytes() < 5_000_000) {
        Thread.onSpinWait();
      }
      (bySender ? out : in).cancel();
      assertThat(result(out).reason()).isEqualTo("cancelled");
      assertThat(result(in).reason()).isEqualTo("cancelled");
      assertThat(tree(target))
          .anyMatch(name -> name.startsWith("f" + bySender) && name.endsWith(".klatsch-part"));
      // The connection lives on.
      pair.left.chat("still here", 0);
      assertThat(pair.rightEvents.chat.poll(10, TimeUnit.SECONDS)).isEqualTo("still here");
    }
  }

  @Test
  void declinesAnOffer() throws Exception {
    Pair pair = new Pair().ready();
    Transfer out = pair.left.offer(SourceFile.of(List.of(file("f", random(5, 10)))));
    pair.rightEvents.offer().decline();
    assertThat(result(out).reason()).isEqualTo("declined");
    assertThat(target).doesNotExist();
  }

  @Test
  void neverOverwritesAFile() throws Exception {
    Files.createDirectories(target);
    Files.writeString(target.resolve("f"), "mine");
    Pair pair = new Pair().ready();
    Transfer out = pair.left.offer(SourceFile.of(List.of(file("f", random(6, 100)))));
    IncomingTransfer in = pair.rightEvents.offer();
    in.accept(intoTarget());
    assertThat(result(in).reason()).isEqualTo("exists");
    assertThat(result(out).reason()).isEqualTo("exists");
    assertThat(tree(target)).containsExactly("f");
    assertThat(target.resolve("f")).hasContent("mine");
  }

  @Test
  void numbersANameThatIsTakenWhenAsked() throws Exception {
    Files.createDirectories(target);
    Files.writeString(target.resolve("f.txt"), "mine");
    Files.writeString(target.resolve("f (2).txt"), "mine too");
    byte[] content = random(7, 100);
    Pair pair = new Pair().ready();
    pair.left.offer(SourceFile.of(List.of(file("f.txt", content))));
    IncomingTransfer in = pair.rightEvents.offer();
    in.accept(new ReceiveOptions(target, ReceiveOptions.Existing.NUMBER));
    assertThat(result(in).files().getFirst().name()).isEqualTo("f (3).txt");
    assertThat(tree(target)).containsExactly("f (2).txt", "f (3).txt", "f.txt");
    assertThat(target.resolve("f (3).txt")).hasBinaryContent(content);
  }

  @Test
  void doesNotFollowALinkOutOfTheFolder() throws Exception {
    Path outside = Files.createDirectory(temp.resolve("outside"));
    Files.createDirectories(target);
    Files.createSymbolicLink(target.resolve("album"), outside);
    Files.createSymbolicLink(target.resolve("g"), outside.resolve("made"));
    for (String name : List.of("album/f", "g")) {
      file(name, random(8, 100));
      Pair pair = new Pair().ready();
      pair.left.offer(SourceFile.of(List.of(source.resolve(name.split("/")[0]))));
      IncomingTransfer in = pair.rightEvents.offer();
      in.accept(intoTarget());
      assertThat(result(in).firstFailure()).as(name).isEqualTo("exists");
    }
    assertThat(outside).isEmptyDirectory();
  }

  @Test
  void noticesAFileThatChangesWhileItIsSent() throws Exception {
    Path path = file("f", random(9, 30_000_000));
    Pair pair = new Pair().ready();
    Transfer out = pair.left.offer(SourceFile.of(List.of(path)));
    out.pause();
    pair.rightEvents.offer().accept(intoTarget());
    Files.write(path, random(10, 20_000_000));
    out.resume();
    assertThat(result(out).reason()).isEqualTo("changed");
    assertThat(target.resolve("f")).doesNotExist();
  }

  static IntStream seeds() {
    return IntStream.range(0, Integer.getInteger("klatsch.seeds", 50));
  }

  /// The connection dies at random points; each time both sides start anew, as after a kill of
  /// either process.
  @ParameterizedTest
  @MethodSource("seeds")
  void resumesAfterBeingCutAnywhere(int seed) throws Exception {
    Random random = new Random(seed);
    int count = 1 + random.nextInt(5);
    List<Path> paths = new ArrayList<>();
    List<byte[]> contents = new ArrayList<>();
    long total = 0;
    for (int i = 0; i < count; i++) {
      byte[] content =
          random(seed * 100L + i, random.nextInt(4) == 0 ? 0 : random.nextInt(1_500_000));
      contents.add(content);
      paths.add(file("f" + i, content));
      total += content.length;
    }
    boolean damaged = false;
    for (int tries = 0; ; tries++) {
      assertThat(tries).as("seed %d", seed).isLessThan(20);
      Pair pair = new Pair().ready();
      if (tries < 8) {
        pair.connection.cutAfter(1 + random.nextInt((int) Math.max(1, total)));
      }
      Transfer out = pair.left.offer(SourceFile.of(paths));
      IncomingTransfer in = pair.rightEvents.offers.poll(10, TimeUnit.SECONDS);
      in.accept(intoTarget());
      TransferResult received = result(in);
      result(out);
      if (received.succeeded()) {
        break;
      }
      assertThat(received.reason()).as("seed %d", seed).isEqualTo("connection");
      if (random.nextInt(6) == 0) {
        damaged |= damagePart(random);
      }
    }
    for (int i = 0; i < count; i++) {
      assertThat(target.resolve("f" + i)).as("seed %d", seed).hasBinaryContent(contents.get(i));
    }
    assertThat(tree(target)).as("seed %d, damaged %s", seed, damaged).hasSize(count);
  }

  /// What a crash of the machine may do to a partial file.
  private boolean damagePart(Random random) throws Exception {
    for (String name : tree(target)) {
      Path part = target.resolve(name);
      if (name.endsWith(".klatsch-part") && Files.size(part) > 0) {
        byte[] content = Files.readAllBytes(part);
        switch (random.nextInt(3)) {
          case 0 -> content[random.nextInt(content.length)] ^= 1;
          case 1 -> content = Arrays.copyOf(content, random.nextInt(content.length));
          default -> content = Arrays.copyOf(content, content.length + 1000);
        }
        Files.write(part, content);
        return true;
      }
    }
    return false;
  }

  @Test
  void goesOnWhereItWasCut() throws Exception {
    byte[] content = random(11, 20_000_000);
    Path path = file("f", content);
    Pair first = new Pair().ready();
    first.connection.cutAfter(12_000_000);
    first.left.offer(SourceFile.of(List.of(path)));
    IncomingTransfer broken = first.rightEvents.offer();
    broken.accept(intoTarget());
    assertThat(result(broken).reason()).isEqualTo("connection");

    Pair second = new Pair().ready();
    Transfer out = second.left.offer(SourceFile.of(List.of(path)));
    IncomingTransfer in = second.rightEvents.offer();
    in.accept(intoTarget());
    assertThat(result(out).succeeded()).isTrue();
    assertThat(in.progress().resumedBytes()).isBetween(1_000_000L, 12_000_000L);
    assertThat(second.connection.bytes()).isLessThan(19_500_000);
    assertThat(target.resolve("f")).hasBinaryContent(content);
  }

  @Test
  void provesTheSecretBeforeAnythingElse() throws Exception {
    byte[] a = random(1, 32);
    byte[] b = random(2, 32);
    Pair pair =
        new Pair(
            OPTIONS,
            new Access.Code(SecretProof.Role.SENDER, CODE, new GuessLimit(), a, b),
            new Access.Code(SecretProof.Role.RECEIVER, CODE, new GuessLimit(), b, a));
    pair.ready();
    Transfer out = pair.left.offer(SourceFile.of(List.of(file("f", random(12, 100)))));
    pair.rightEvents.offer().accept(intoTarget());
    assertThat(result(out).succeeded()).isTrue();
  }

  @Test
  void stopsAfterThreeWrongCodes() {
    byte[] a = random(1, 32);
    byte[] b = random(2, 32);
    GuessLimit guesses = new GuessLimit();
    for (int i = 0; i < 4; i++) {
      TransferCode guess = new TransferCode("4711", i == 3 ? CODE.secret() : "guess-" + i);
      Pair pair =
          new Pair(
              OPTIONS,
              new Access.Code(SecretProof.Role.SENDER, CODE, guesses, a, b),
              new Access.Code(SecretProof.Role.RECEIVER, guess, new GuessLimit(), b, a));
      String expected = i < 2 ? "wrong-code" : "too-many-attempts";
      assertThat(pair.leftEvents.closed.orTimeout(10, TimeUnit.SECONDS).join()).isEqualTo(expected);
      assertThat(pair.rightEvents.closed.orTimeout(10, TimeUnit.SECONDS).join())
          .isEqualTo(expected);
      assertThat(pair.leftEvents.ready).isNotDone();
    }
  }

  @Test
  void countsAsGuessWhenTheSenderVanishesAfterTheTag() {
    byte[] a = random(1, 32);
    byte[] b = random(2, 32);
    GuessLimit guesses = new GuessLimit();
    for (int i = 0; i < 3; i++) {
      assertThat(guesses.spent()).isFalse();
      Pair pair =
          new Pair(
              OPTIONS,
              new Access.Code(
                  SecretProof.Role.SENDER,
                  new TransferCode("4711", "guess"),
                  new GuessLimit(),
                  a,
                  b),
              new Access.Code(SecretProof.Role.RECEIVER, CODE, guesses, b, a));
      pair.rightEvents.closed.orTimeout(10, TimeUnit.SECONDS).join();
    }
    assertThat(guesses.spent()).isTrue();
  }

  @Test
  void refusesAMemberWhereACodeIsNeeded() {
    byte[] a = random(1, 32);
    Pair pair =
        new Pair(
            OPTIONS,
            new Access.Code(SecretProof.Role.SENDER, CODE, new GuessLimit(), a, a),
            new Access.Room());
    assertThat(pair.leftEvents.closed.orTimeout(10, TimeUnit.SECONDS).join()).isEqualTo("protocol");
  }

  @Test
  void givesUpASilentPeer() {
    TransferOptions hasty =
        new TransferOptions(
            "test", List.of(), 1 << 20, 1 << 20, 65_536, 64, 1 << 20, 20, Duration.ofMillis(20));
    MemoryConnection connection = new MemoryConnection();
    Events events = new Events();
    TransferPeer peer = connection.left.peer(hasty, events);
    peer.handleOpen(new Access.Room());
    assertThat(events.closed.orTimeout(10, TimeUnit.SECONDS).join()).isEqualTo("timeout");
  }
}
