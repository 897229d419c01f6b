package org.klatsch.server.rooms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class MessageReaderTest {
  private final MessageReader reader = new MessageReader(65_536);

  private ClientMessage read(String json) throws BadMessageException {
    return reader.read(json.replace('\'', '"'));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'type':'join'}",
        "{'type':'join','room':'a','role':'send','key':'0123456789abcdef'}",
        "{'type':'join','room':'a','transfer':'1'}",
        "{'type':'join','role':'send'}",
        "{'type':'join','role':'send','key':'short'}",
        "{'type':'join','role':'both','key':'0123456789abcdef'}",
        "{'type':'join','room':'a','received':-1}",
        "{'type':'join','room':'a','received':1.5}",
        "{'type':'join','room':'a','agent':'UPPER'}",
        "{'type':'join','room':'a','name':{}}",
        "{'type':'join','room':'a','room':'b'}",
        "{'type':'signal','to':'x','connection':1}",
        "{'type':'signal','to':'x','connection':0,'reset':true}",
        "{'type':'signal','to':'x','connection':1,'reset':false}",
        "{'type':'signal','to':'x','connection':1,'reset':true,'candidate':null}",
        "{'type':'signal','to':'x','connection':1,'candidate':{}}",
        "{'type':'signal','to':'x','connection':1,'candidate':'c'}",
        "{'type':'signal','to':'x','connection':1,'description':{'type':'bye','sdp':''}}",
        "{'type':'signal','connection':1,'reset':true}",
        "{'type':'ping'}",
        "{'type':'ping','id':1e99}",
        "{'type':'ping','id':123456789012345678901234567890123456789}",
        "{'type':null}",
        "{'type':'leave'}{}",
        "[[[[[[[[[[[[]]]]]]]]]]]]",
        "nul",
      })
  void refuses(String json) {
    assertThatThrownBy(() -> read(json)).isInstanceOf(BadMessageException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".", "..", "-a", "a/b", "a b", "%2e", "ä", "a\\u0000"})
  void refusesRoomNames(String name) {
    assertThatThrownBy(() -> read("{'type':'join','room':'" + name + "'}"))
        .isInstanceOfSatisfying(
            BadMessageException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BAD_ROOM));
  }

  @ParameterizedTest
  @CsvSource({
    "Ada,Ada",
    "'  Ada   Lovelace ',Ada Lovelace",
    "'',Guest",
    "'\u202eevil\u0007','evil'",
    "'\u200b\u2066',Guest",
    "'a\n\tb','a b'",
    "'\ud83d\udc69\u200d\ud83d\ude80','\ud83d\udc69\u200d\ud83d\ude80'",
    "'\ud83d',Guest",
  })
  void cleansNames(String name, String clean) {
    assertThat(MessageReader.displayName(name)).isEqualTo(clean);
  }

  @Test
  void cutsLongNames() {
    assertThat(MessageReader.displayName("\ud83d\ude80".repeat(100)).codePoints().count())
        .isEqualTo(64);
  }

  @Test
  void acceptsAnyStringWithoutAnotherException() {
    int seeds = Integer.getInteger("klatsch.seeds", 50);
    for (int seed = 0; seed < seeds; seed++) {
      var random = new Random(seed);
      byte[] bytes =
          "{\"type\":\"signal\",\"to\":\"x\",\"connection\":1,\"candidate\":{\"candidate\":\"c\"}}"
              .getBytes(StandardCharsets.UTF_8);
      for (int i = 0; i < 200; i++) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(128);
        try {
          assertThat(reader.read(new String(bytes, StandardCharsets.UTF_8))).isNotNull();
        } catch (BadMessageException e) {
          assertThat(e.text()).as("seed %d", seed).isNotEmpty();
        }
      }
    }
  }
}
