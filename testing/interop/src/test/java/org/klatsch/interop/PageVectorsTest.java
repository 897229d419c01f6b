package org.klatsch.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.klatsch.server.KlatschServer;
import org.klatsch.server.ServerOptions;
import tools.jackson.databind.JsonNode;

/// The page's JavaScript speaks the wire format of `docs/transfer-protocol.md`: it runs the vectors
/// that the Java side runs.
@Tag("interop")
final class PageVectorsTest {
  /// Returns what differs, as a list of texts.
  private static final String RUN =
      """
      (async (vectors) => {
        const [protocol, names, cpace, sha] = await Promise.all(
          ['protocol', 'names', 'cpace', 'sha256'].map((name) => import(`/page/${name}.js`)));
        const { hex, unhex, Sha256 } = sha;
        const wrong = [];
        let checked = 0;
        const check = (what, actual, expected) => {
          checked++;
          if (JSON.stringify(actual) !== JSON.stringify(expected)) {
            wrong.push(`${what}: ${JSON.stringify(actual)} instead of ${JSON.stringify(expected)}`);
          }
        };
        const attempt = (f) => { try { return f(); } catch { return null; } };
        for (const { input, id, secret, invalid } of vectors.codes) {
          check(`code ${input}`, protocol.parseCode(input), invalid ? null : { id, secret });
        }
        for (const { input, safe, invalid } of vectors.names) {
          check(`name ${JSON.stringify(input)}`, names.safeName(input), invalid ? null : safe);
        }
        for (const { hex: bytes, type, transfer, file, offset, payload, invalid } of vectors.frames) {
          const frame = attempt(() => protocol.parseFrame(unhex(bytes).buffer));
          check(`frame ${bytes.slice(0, 80)}`, frame && { ...frame, payload: hex(frame.payload) },
            invalid ? null : { type, transfer, file, offset, payload });
        }
        for (const { text, valid } of vectors.control) {
          check(`control ${text.slice(0, 200)}`, attempt(() => (protocol.parseControl(text), true)) === true, valid);
        }
        for (const { u, g } of vectors.elligator) {
          check('elligator', hex(cpace.elligator2(unhex(u))), g);
        }
        for (const { scalar, u, result } of vectors.x25519) {
          check('x25519', hex(cpace.x25519(unhex(scalar), unhex(u))), result);
        }
        for (const v of vectors.cpace) {
          const bytes = Object.fromEntries(Object.entries(v).map(([k, x]) => [k, /^[0-9a-f]*$/.test(x) ? unhex(x) : x]));
          const common = await cpace.generator({ ...bytes, secret: v.secret, id: v.id });
          check('CI', hex(common.CI), v.CI);
          check('sid', hex(common.sid), v.sid);
          check('g', hex(common.g), v.g);
          const Ya = cpace.x25519(bytes.ya, common.g);
          const Yb = cpace.x25519(bytes.yb, common.g);
          check('Ya', hex(Ya), v.Ya);
          check('Yb', hex(Yb), v.Yb);
          for (const tags of [await cpace.tags(common, bytes.ya, Yb, Ya, Yb), await cpace.tags(common, bytes.yb, Ya, Ya, Yb)]) {
            check('ISK', hex(tags.ISK), v.ISK);
            check('receiverTag', hex(tags.receiver), v.receiverTag);
            check('senderTag', hex(tags.sender), v.senderTag);
          }
        }
        for (const length of [0, 1, 55, 56, 63, 64, 65, 119, 120, 128, 100000]) {
          const data = Uint8Array.from({ length }, (_, i) => (i * 7 + 3) & 255);
          const hash = new Sha256();
          for (let at = 0; at < length; at += 37) {
            hash.update(data.subarray(at, at + 37));
          }
          check(`SHA-256 of ${length}`, hex(hash.digest()), hex(new Uint8Array(await crypto.subtle.digest('SHA-256', data))));
        }
        return { checked, wrong };
      })(%s)
      """;

  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"chromium", "firefox"})
  void thePageAgreesWithTheVectors(String name) throws Exception {
    Path docs = Path.of(System.getProperty("klatsch.root")).resolve("docs");
    String vectors = Files.readString(docs.resolve("transfer-vectors.json"));
    try (var server = KlatschServer.start(ServerOptions.of(0, directory));
        Browser browser = Browser.start(name);
        Browser.Page page = browser.newPage()) {
      page.open(server.ready().url() + "/");
      JsonNode outcome = page.evaluate(RUN.formatted(vectors));
      assertThat(outcome.path("wrong")).isEmpty();
      assertThat(outcome.path("checked").asInt()).isGreaterThan(150);
    }
  }
}
