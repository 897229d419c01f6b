package org.klatsch.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class EModelTest {
  /// ITU-T G.107 annex B, table B.1.
  @Test
  void scoresAreThoseOfTheRecommendation() {
    assertThat(EModel.mos(90)).isCloseTo(4.34, within(0.01));
    assertThat(EModel.mos(80)).isCloseTo(4.03, within(0.01));
    assertThat(EModel.mos(70)).isCloseTo(3.60, within(0.01));
    assertThat(EModel.mos(60)).isCloseTo(3.10, within(0.01));
    assertThat(EModel.mos(50)).isCloseTo(2.58, within(0.01));
    assertThat(EModel.mos(0)).isEqualTo(1);
    assertThat(EModel.mos(-5)).isEqualTo(1);
  }

  @Test
  void aPerfectPathIsAsGoodAsTelephonyGets() {
    assertThat(EModel.rating(0, 0)).isEqualTo(93.2);
    assertThat(EModel.mos(EModel.rating(0, 0))).isCloseTo(4.41, within(0.01));
  }

  @Test
  void delayHurtsFromAboutASixthOfASecondOn() {
    double short1 = EModel.rating(50, 0);
    double short2 = EModel.rating(150, 0);
    double long1 = EModel.rating(250, 0);
    double long2 = EModel.rating(350, 0);
    assertThat(short1 - short2).isCloseTo(2.4, within(0.01));
    assertThat(long1 - long2).isCloseTo(13.4, within(0.01));
  }

  @Test
  void moreLossIsNeverBetter() {
    double before = 100;
    for (int percent = 0; percent <= 100; percent += 5) {
      double rating = EModel.rating(100, percent);
      assertThat(rating).isLessThan(before).isNotNegative();
      before = rating;
    }
    assertThat(EModel.mos(EModel.rating(100, 20))).isBetween(2.0, 3.0);
  }
}
