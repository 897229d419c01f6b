package org.klatsch.rooms.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.klatsch.rooms.Vectors;
import org.klatsch.rooms.transfer.ControlMessage.Accept;
import org.klatsch.rooms.transfer.ControlMessage.Have;
import org.klatsch.rooms.transfer.ControlMessage.Offer;
import org.klatsch.rooms.transfer.ControlMessage.OfferedFile;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class WireTest {
  static Stream<JsonNode> frames() {
    return Vectors.of("frames").stream();
  }

  @ParameterizedTest
  @MethodSource("frames")
  void readsAndWritesFrames(JsonNode vector) throws Exception {
    byte[] frame = HexFormat.of().parseHex(vector.get("hex").stringValue());
    if (vector.has("invalid")) {
      assertThatThrownBy(() -> BulkFrame.parse(frame, 0, frame.length))
          .isInstanceOf(MalformedTransferException.class);
      return;
    }
    BulkFrame parsed = BulkFrame.parse(frame, 0, frame.length);
    byte[] payload = HexFormat.of().parseHex(vector.get("payload").stringValue());
    assertThat(parsed)
        .isEqualTo(
            new BulkFrame(
                vector.get("type").intValue(),
                vector.get("transfer").longValue(),
                vector.get("file").intValue(),
                vector.get("offset").longValue(),
                payload.length));
    byte[] header = new byte[BulkFrame.HEADER_LENGTH];
    BulkFrame.writeHeader(header, parsed.type(), parsed.transfer(), parsed.file(), parsed.offset());
    assertThat(header).isEqualTo(Arrays.copyOf(frame, BulkFrame.HEADER_LENGTH));
  }

  static Stream<JsonNode> control() {
    return Vectors.of("control").stream();
  }

  @ParameterizedTest
  @MethodSource("control")
  void readsControlMessages(JsonNode vector) throws Exception {
    String text = vector.get("text").stringValue();
    if (!vector.get("valid").booleanValue()) {
      assertThatThrownBy(() -> ControlMessages.parse(text))
          .isInstanceOf(MalformedTransferException.class);
      return;
    }
    ControlMessage message = ControlMessages.parse(text);
    if (!(message instanceof ControlMessage.Unknown)) {
      String written = ControlMessages.format(message);
      assertThat(ControlMessages.format(ControlMessages.parse(written))).isEqualTo(written);
      assertThat(JsonMapper.shared().readTree(written).get("type"))
          .isEqualTo(JsonMapper.shared().readTree(text).get("type"));
    }
  }

  @Test
  void readsAndWritesMedia() throws Exception {
    String text =
        "{\"type\":\"media\",\"receive\":true,\"tracks\":"
            + "[{\"source\":\"mic\",\"mid\":\"1\",\"on\":true}]}";
    ControlMessage message = ControlMessages.parse(text);
    assertThat(message)
        .isEqualTo(
            new ControlMessage.Media(
                new MediaAnnouncement(
                    true, List.of(new MediaAnnouncement.Track("mic", "1", true)))));
    assertThat(ControlMessages.format(message)).isEqualTo(text);
    ControlMessage.Hello hello =
        new ControlMessage.Hello(
            List.of(1), ControlMessage.Role.MEMBER, new byte[16], "test", List.of("audio"));
    assertThat(
            ((ControlMessage.Hello) ControlMessages.parse(ControlMessages.format(hello))).media())
        .containsExactly("audio");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"type\":\"media\",\"tracks\":[]}",
        "{\"type\":\"media\",\"receive\":1,\"tracks\":[]}",
        "{\"type\":\"media\",\"receive\":true}",
        "{\"type\":\"media\",\"receive\":true,\"tracks\":[1]}",
        "{\"type\":\"media\",\"receive\":true,\"tracks\":[{\"source\":\"mic\",\"mid\":\"\",\"on\":true}]}",
        "{\"type\":\"media\",\"receive\":true,\"tracks\":[{\"source\":\"mic\",\"mid\":\"1\"}]}"
      })
  void refusesMalformedMedia(String text) {
    assertThatThrownBy(() -> ControlMessages.parse(text))
        .isInstanceOf(MalformedTransferException.class);
  }

  static Stream<JsonNode> names() {
    return Vectors.of("names").stream();
  }

  @ParameterizedTest
  @MethodSource("names")
  void makesNamesSafe(JsonNode vector) {
    Optional<String> expected =
        vector.has("invalid") ? Optional.empty() : Optional.of(vector.get("safe").stringValue());
    assertThat(SafeName.of(vector.get("input").stringValue())).isEqualTo(expected);
  }

  @Test
  void tellsEqualNamesApart() {
    assertThat(SafeName.ofAll(List.of("a.txt", "A.TXT", "../a.txt", "d", "d/x", "d/y", "e/f", "e")))
        .contains(
            List.of("a.txt", "A (2).TXT", "a (3).txt", "d", "d (2)/x", "d (2)/y", "e/f", "e (2)"));
  }

  @Test
  void splitsLongOffersAndAcceptances() throws Exception {
    List<OfferedFile> files =
        IntStream.range(0, 10_000)
            .mapToObj(i ->
                new OfferedFile(
                    "\u0001".repeat(i % 90) + i, i, OptionalLong.of(1_795_369_000_000L)))
            .toList();
    List<OfferedFile> again = new ArrayList<>();
    List<Offer> parts = ControlMessages.offers(7, files);
    for (Offer part : parts) {
      String text = ControlMessages.format(part);
      assertThat(text.getBytes(StandardCharsets.UTF_8).length)
          .isLessThanOrEqualTo(ControlMessages.MAX_BYTES);
      again.addAll(((Offer) ControlMessages.parse(text)).files());
      assertThat(part.more()).isEqualTo(part != parts.getLast());
    }
    assertThat(again).isEqualTo(files);

    List<Integer> skip = IntStream.range(0, 9_000).boxed().toList();
    List<Have> have =
        IntStream.range(0, 1_000)
            .mapToObj(i -> new Have(9_000 + i, ControlMessage.MAX_INTEGER, new byte[32]))
            .toList();
    int skipped = 0;
    int had = 0;
    for (Accept part : ControlMessages.accepts(7, ControlMessage.MAX_WINDOW, skip, have)) {
      String text = ControlMessages.format(part);
      assertThat(text.length()).isLessThanOrEqualTo(ControlMessages.MAX_BYTES);
      Accept parsed = (Accept) ControlMessages.parse(text);
      skipped += parsed.skip().size();
      had += parsed.have().size();
    }
    assertThat(skipped).isEqualTo(9_000);
    assertThat(had).isEqualTo(1_000);
  }
}
