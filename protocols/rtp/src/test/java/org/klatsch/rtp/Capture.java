package org.klatsch.rtp;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// What a browser sent, decrypted: a line `extension ID URI` per header extension, `rtp HEX` and
/// `rtcp HEX` per packet.
record Capture(ExtensionIds ids, List<byte[]> rtp, List<byte[]> rtcp) {
  static Capture read(String name) {
    Map<String, Integer> ids = new HashMap<>();
    List<byte[]> rtp = new ArrayList<>();
    List<byte[]> rtcp = new ArrayList<>();
    InputStream in = Capture.class.getResourceAsStream("captures/" + name);
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(Objects.requireNonNull(in, name), StandardCharsets.US_ASCII))) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        String[] words = line.split(" ");
        switch (words[0]) {
          case "extension" -> ids.put(words[2], Integer.valueOf(words[1]));
          case "rtp" -> rtp.add(HexFormat.of().parseHex(words[1]));
          case "rtcp" -> rtcp.add(HexFormat.of().parseHex(words[1]));
          default -> {}
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new Capture(ExtensionIds.ofUris(ids), rtp, rtcp);
  }
}
