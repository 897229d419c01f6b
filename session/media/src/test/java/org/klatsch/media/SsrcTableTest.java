package org.klatsch.media;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.klatsch.testkit.Seeds;

class SsrcTableTest {
  @Test
  void behavesLikeAMap() {
    Seeds.forEach(seed -> {
      SplittableRandom random = new SplittableRandom(seed);
      SsrcTable<String> table = new SsrcTable<>();
      Map<Integer, String> model = new HashMap<>();
      for (int i = 0; i < 500; i++) {
        int key = random.nextInt(40) * 0x1000_0000 + random.nextInt(4);
        if (random.nextInt(3) > 0) {
          table.put(key, "v" + i);
          model.put(key, "v" + i);
        } else {
          table.remove(key);
          model.remove(key);
        }
        assertThat(table.size()).isEqualTo(model.size());
        assertThat(table.get(key)).isEqualTo(model.get(key));
      }
      model.forEach((key, value) -> assertThat(table.get(key)).isEqualTo(value));
    });
  }
}
