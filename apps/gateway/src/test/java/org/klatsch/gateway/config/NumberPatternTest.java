package org.klatsch.gateway.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class NumberPatternTest {
  private static boolean matches(String pattern, String number) {
    return NumberPattern.parse(pattern).matches(number);
  }

  @Test
  void takesAnyDigitForAnX() {
    assertThat(matches("9xxx", "9123")).isTrue();
    assertThat(matches("9xxx", "8123")).isFalse();
    assertThat(matches("9xxx", "91234")).isFalse();
    assertThat(matches("9xxx", "912a")).isFalse();
  }

  @Test
  void takesAnythingForADotAtTheEnd() {
    assertThat(matches("00.", "0049301234")).isTrue();
    assertThat(matches(".", "anybody")).isTrue();
    assertThatThrownBy(() -> NumberPattern.parse("0.0"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("at the end");
  }

  @Test
  void tellsDigitsApart() {
    assertThat(matches("zn", "12")).isTrue();
    assertThat(matches("zn", "02")).isFalse();
    assertThat(matches("zn", "11")).isFalse();
  }

  @Test
  void takesNamesAsTheyAre() {
    assertThat(matches("extension", "extension")).isTrue();
    assertThat(matches("'zn'", "zn")).isTrue();
    assertThat(matches("'zn'", "12")).isFalse();
    assertThat(matches("+49.", "+4930")).isTrue();
  }

  @Test
  void rewritesNumbers() {
    Route route = new Route(NumberPattern.parse("0."), 1, "+49", List.of("a"), false);

    assertThat(route.rewritten("0301234")).isEqualTo("+49301234");
  }
}
