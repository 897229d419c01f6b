package org.klatsch.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class TerminalTest {
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private Terminal terminal(boolean interactive) {
    PrintStream stream = new PrintStream(err, true, StandardCharsets.UTF_8);
    return new Terminal(new BufferedReader(new StringReader("")), stream, stream, interactive);
  }

  private String err() {
    return err.toString(StandardCharsets.UTF_8);
  }

  @Test
  void aStatusIsDrawnOverAndLeavesTheCursorAtItsBeginning() {
    terminal(true).status(List.of("Ada  ↓1", "Bob  ↓2"), 80);
    assertThat(err()).isEqualTo("\r\u001b[JAda  ↓1\nBob  ↓2\r\u001b[1A");
  }

  @Test
  void aStatusIsCutToTheWidthOfTheTerminal() {
    terminal(true).status(List.of("😀".repeat(20)), 10);
    assertThat(err()).isEqualTo("\r\u001b[J" + "😀".repeat(9) + "\r");
  }

  @Test
  void aNoticeTakesThePlaceOfTheStatus() {
    terminal(true).notice("hello");
    assertThat(err()).isEqualTo("\r\u001b[Jklatsch: hello" + System.lineSeparator());
  }

  @Test
  void nobodyLooksAtTheStatusOfAPipe() {
    terminal(false).status(List.of("Ada"), 80);
    terminal(false).notice("hello");
    assertThat(err()).isEqualTo("klatsch: hello" + System.lineSeparator());
  }

  @Test
  void theWidthIsThatOfTheTerminalOrTheUsualOne() {
    assertThat(Keyboard.columns("24 132")).isEqualTo(132);
    assertThat(Keyboard.columns("0 0")).isEqualTo(80);
    assertThat(Keyboard.columns("x")).isEqualTo(80);
    assertThat(Keyboard.columns(null)).isEqualTo(80);
  }

  @Test
  void namesOfOthersCannotMoveTheCursor() {
    assertThat(Terminal.harmless("a\u001b[2Jb\u202e\ud800")).isEqualTo("a\ufffd[2Jb\ufffd\ufffd");
  }
}
