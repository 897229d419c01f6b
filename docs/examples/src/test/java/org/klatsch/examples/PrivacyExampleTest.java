package org.klatsch.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.klatsch.net.IpHandling;

@Timeout(60)
final class PrivacyExampleTest {
  @Test
  void showsWhatIsToldAndWritesADump(@TempDir Path folder) throws Exception {
    Path dump = folder.resolve("webrtc.json");
    PrivacyExample.main(new String[] {dump.toString()});
    assertThat(Files.readString(dump))
        .contains("\"connections\":[", "a=ice-pwd:(hidden)", "icecandidate");
    assertThat(PrivacyExample.told(IpHandling.ALL_ADDRESSES, List.of()))
        .isNotEmpty()
        .noneMatch(candidate -> candidate.contains(".local"));
    assertThat(PrivacyExample.told(IpHandling.DEFAULT_ROUTE_WITHOUT_HOST, List.of()))
        .noneMatch(candidate -> candidate.contains("typ host") && !candidate.contains("127."));
  }
}
