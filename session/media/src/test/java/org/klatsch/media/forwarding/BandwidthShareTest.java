package org.klatsch.media.forwarding;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BandwidthShareTest {
  private static final int NONE = SimulcastForwarder.NONE;

  /// Bytes of the three encodings in 10 ms: 152, 696 and 2000 kbit/s.
  private static final int[] BYTES = {190, 870, 2_500};

  private static final class Picture implements BandwidthShare.Claim {
    final LayerRates rates = new LayerRates();
    final LayerChoice choice = new LayerChoice(rates);
    final int priority;
    int limit = Subscription.ALL;
    int planned;

    Picture(int priority) {
      this.priority = priority;
    }

    @Override
    public LayerChoice choice() {
      return choice;
    }

    @Override
    public int limit() {
      return limit;
    }

    @Override
    public int priority() {
      return priority;
    }

    @Override
    public int planned() {
      return planned;
    }

    @Override
    public void plan(int layer) {
      planned = layer;
    }
  }

  private final List<Picture> pictures = new ArrayList<>();
  private long now;

  private void add(int... priorities) {
    for (int priority : priorities) {
      pictures.add(new Picture(priority));
    }
  }

  /// Runs a while with this much and tells the layers at the end.
  private List<Integer> layers(long bitsPerSecond, int sent) {
    for (int i = 0; i < 300; i++, now += 10_000_000) {
      for (Picture picture : pictures) {
        for (int layer = 0; layer < sent; layer++) {
          picture.rates.note(now, layer, BYTES[layer]);
        }
      }
      if (i % 10 == 0) {
        BandwidthShare.allot(now, bitsPerSecond, true, pictures);
      }
    }
    return pictures.stream().map(picture -> picture.choice.current()).toList();
  }

  @Test
  void givesTheStageWhatItCanUseFirstAndEqualsInTurn() {
    add(2, 1, 1, 1);
    assertThat(layers(20_000_000, 3)).containsExactly(2, 2, 2, 2);
    assertThat(layers(2_700_000, 3)).containsExactly(2, 0, 0, 0);
    assertThat(layers(4_300_000, 3)).containsExactly(2, 1, 1, 1);
    assertThat(layers(1_200_000, 3)).containsExactly(1, 0, 0, 0);
    // Not even the lowest of all fits.
    assertThat(layers(350_000, 3)).containsExactly(0, 0, NONE, NONE);
    assertThat(layers(20_000, 3)).containsExactly(0, NONE, NONE, NONE);
    assertThat(layers(9_000_000, 3)).containsExactly(2, 2, 2, 2);
  }

  @Test
  void passesOverWhatIsNotSentOrNotWanted() {
    add(1, 1);
    pictures.getFirst().limit = 1;
    assertThat(layers(20_000_000, 3)).containsExactly(1, 2);
    pictures.getFirst().limit = NONE;
    assertThat(layers(20_000_000, 3)).containsExactly(NONE, 2);
    assertThat(layers(20_000_000, 2)).containsExactly(NONE, 1);
    assertThat(layers(20_000_000, 0)).containsExactly(NONE, NONE);
  }

  @Test
  void changesNotAtEveryBreathOfTheEstimate() {
    add(1);
    int changes = 0;
    int last = NONE;
    for (int i = 0; i < 1_000; i++, now += 10_000_000) {
      for (int layer = 0; layer < 3; layer++) {
        pictures.getFirst().rates.note(now, layer, BYTES[layer]);
      }
      BandwidthShare.allot(now, 2_050_000 + (i % 20 < 10 ? 150_000 : -150_000), false, pictures);
      int chosen = pictures.getFirst().choice.current();
      changes += chosen == last ? 0 : 1;
      last = chosen;
    }
    assertThat(changes).isLessThan(10);
  }
}
