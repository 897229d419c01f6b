package org.klatsch.server.tenants;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.klatsch.server.store.JournalStore;
import org.klatsch.server.store.Store;
import org.klatsch.server.store.SyncPolicy;

final class TenantsTest {
  private static final String SECRET = "0123456789abcdef0123456789abcdef";
  private static final String GRANTS = "\"grants\":{\"rooms\":[\"kitchen\"],\"publish\":true}";

  @TempDir Path directory;
  private Instant now = Instant.ofEpochSecond(1_800_000_000);
  private final InstantSource clock = () -> now;
  private final List<String> refused = new ArrayList<>();
  private Store store;
  private Tenants tenants;

  @BeforeEach
  void open() throws IOException {
    store = JournalStore.open(directory, SyncPolicy.NEVER, clock);
    tenants =
        tenants(
            new Tenant("acme", "Acme", List.of(new TenantKey("k1", SECRET)), Quotas.NONE),
            new Tenant("beta", "Beta", List.of(new TenantKey("k2", "x" + SECRET)), Quotas.NONE));
  }

  @AfterEach
  void close() throws IOException {
    store.close();
  }

  private Tenants tenants(Tenant... configured) {
    return new Tenants(List.of(configured), store, clock, new SecureRandom(), refused::add);
  }

  private static String part(String json) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(json.getBytes(StandardCharsets.UTF_8));
  }

  private static String token(String header, String payload, String secret) {
    try {
      String signed = part(header) + "." + part(payload);
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
      byte[] signature = mac.doFinal(signed.getBytes(StandardCharsets.US_ASCII));
      return signed + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(signature);
    } catch (java.security.GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private static String token(String payload) {
    return token("{\"alg\":\"HS256\",\"kid\":\"k1\"}", payload, SECRET);
  }

  private String refusal(String token) {
    try {
      Grants grants = tenants.verify(token);
      throw new AssertionError("accepted as " + grants);
    } catch (AccessDeniedException e) {
      assertThat(e.status()).isEqualTo(401);
      assertThat(e.text()).isEqualTo(e.getMessage()).hasSizeLessThan(40).doesNotContain(SECRET);
      return e.code();
    }
  }

  @Test
  void aTokenGrantsWhatItSays() throws Exception {
    Grants grants =
        tenants.verify(
            token(
                "{\"exp\":1800000060,\"sub\":\"u-7\",\"name\":\"Ada\",\"grants\":"
                    + "{\"rooms\":[\"kitchen\",\"team-*\"],\"publish\":true,\"record\":false,\"unknown\":1}}"));
    assertThat(grants.tenant()).isEqualTo("acme");
    assertThat(grants.identity()).isEqualTo("u-7");
    assertThat(grants.name()).isEqualTo("Ada");
    assertThat(grants.permissions()).containsExactly(Permission.PUBLISH);
    assertThat(grants.allows(Permission.PUBLISH, "kitchen")).isTrue();
    assertThat(grants.allows(Permission.PUBLISH, "team-1")).isTrue();
    assertThat(grants.allows(Permission.PUBLISH, "kitchen2")).isFalse();
    assertThat(grants.allows(Permission.PUBLISH, "team")).isFalse();
    assertThat(grants.allows(Permission.SUBSCRIBE, "kitchen")).isFalse();
    assertThatThrownBy(() -> grants.require(Permission.PUBLISH, "hall"))
        .isInstanceOfSatisfying(
            AccessDeniedException.class, e -> assertThat(e.status()).isEqualTo(403));
  }

  @Test
  void theIssuerNamesTheKeyWhereTheHeaderDoesNot() throws Exception {
    String token = token("{\"alg\":\"HS256\"}", "{\"iss\":\"k1\",\"exp\":1800000060}", SECRET);
    Grants grants = tenants.verify(token);
    assertThat(grants.tenant()).isEqualTo("acme");
    assertThat(grants.permissions()).isEmpty();
    assertThat(grants.covers("kitchen")).isFalse();
  }

  @Test
  void whatItIssuesItAccepts() throws Exception {
    var request =
        new TokenRequest(
            "u", "Ada", List.of("*"), EnumSet.allOf(Permission.class), Duration.ofMinutes(5));
    Grants grants = tenants.verify(tenants.issue("beta", null, request));
    assertThat(grants.tenant()).isEqualTo("beta");
    assertThat(grants.permissions()).containsExactlyInAnyOrder(Permission.values());
    assertThat(grants.expires()).isEqualTo(now.plusSeconds(300));
    assertThatThrownBy(() -> tenants.issue("beta", "k1", request))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "-31,0,0,token-expired",
    "-30,0,0,token-expired",
    "60,31,0,token-early",
    "60,0,31,token-early",
  })
  void refusesWhatHasEndedAndWhatHasNotBegun(int end, int begin, int issued, String code) {
    long seconds = now.getEpochSecond();
    String payload =
        "{\"exp\":"
            + (seconds + end)
            + ",\"nbf\":"
            + (seconds + begin)
            + ",\"iat\":"
            + (seconds + issued)
            + ","
            + GRANTS
            + "}";
    assertThat(refusal(token(payload))).isEqualTo(code);
    assertThat(refused).containsExactly(code);
  }

  @ParameterizedTest
  @CsvSource({"-29,0,0", "60,30,0", "60,0,30", "0.5,-0.5,-1e3"})
  void clocksMayDifferByHalfAMinute(double end, double begin, double issued) throws Exception {
    double seconds = now.getEpochSecond();
    String payload =
        "{\"exp\":"
            + (seconds + end)
            + ",\"nbf\":"
            + (seconds + begin)
            + ",\"iat\":"
            + (seconds + issued)
            + ","
            + GRANTS
            + "}";
    assertThat(tenants.verify(token(payload)).allows(Permission.PUBLISH, "kitchen")).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"alg\":\"none\",\"kid\":\"k1\"}",
        "{\"alg\":\"None\",\"kid\":\"k1\"}",
        "{\"alg\":\"hs256\",\"kid\":\"k1\"}",
        "{\"alg\":\"HS512\",\"kid\":\"k1\"}",
        "{\"alg\":\"RS256\",\"kid\":\"k1\"}",
        "{\"alg\":[\"HS256\"],\"kid\":\"k1\"}",
        "{\"alg\":\"HS256\",\"alg\":\"none\",\"kid\":\"k1\"}",
        "{\"alg\":\"HS256\",\"kid\":\"k1\",\"crit\":[\"b64\"],\"b64\":false}",
        "{\"alg\":\"HS256\",\"kid\":\"k2\"}",
        "{\"alg\":\"HS256\",\"kid\":\"unknown\"}",
        "{\"alg\":\"HS256\",\"kid\":5}",
        "{\"alg\":\"HS256\"}",
        "{\"kid\":\"k1\"}",
        "[]",
        "null",
        "{",
      })
  void noTokenChoosesHowItIsChecked(String header) {
    String payload = "{\"exp\":1800000060," + GRANTS + "}";
    assertThat(refusal(token(header, payload, SECRET))).isEqualTo("token-invalid");
    // Nor is one without signature taken.
    String unsigned = part(header) + "." + part(payload) + ".";
    assertThat(refusal(unsigned)).isEqualTo("token-invalid");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"grants\":{\"rooms\":\"*\"}}",
        "{\"exp\":\"1800000060\"}",
        "{\"exp\":1e300}",
        "{\"exp\":null}",
        "{\"exp\":1800000060,\"nbf\":\"x\"}",
        "{\"exp\":1800000060,\"sub\":5}",
        "{\"exp\":1800000060,\"grants\":{\"rooms\":5}}",
        "{\"exp\":1800000060,\"grants\":{\"rooms\":[\"../x\"]}}",
        "{\"exp\":1800000060,\"grants\":{\"rooms\":[{}]}}",
        "{\"exp\":1800000060,\"exp\":1900000060}",
      })
  void refusesClaimsOfTheWrongForm(String payload) {
    assertThat(refusal(token(payload))).isEqualTo("token-invalid");
  }

  @Test
  void aForgedSignatureIsRefusedWhereverItDiffers() {
    String good = token("{\"exp\":1800000060," + GRANTS + "}");
    int signature = good.lastIndexOf('.') + 1;
    for (int i = 0; i < good.length(); i++) {
      char other = good.charAt(i) == 'A' ? 'B' : 'A';
      // The last character carries two bits that no byte holds.
      if (i < good.length() - 1 && good.charAt(i) != '.') {
        assertThat(refusal(good.substring(0, i) + other + good.substring(i + 1)))
            .as("position %d", i)
            .isEqualTo("token-invalid");
      }
    }
    for (String forged :
        List.of(
            good.substring(0, signature),
            good.substring(0, good.length() - 4),
            good + "AAAA",
            good + ".x",
            "",
            "..",
            "a.b.c",
            good + "=",
            good.replace('.', ' '),
            "x".repeat(5_000))) {
      assertThat(refusal(forged)).isEqualTo("token-invalid");
    }
  }

  @Test
  void tenantsAndKeysOutliveARestart() throws Exception {
    assertThat(tenants.put("gamma", "Gamma", new Quotas(1, 2, 3))).isTrue();
    TenantKey key = tenants.newKey("gamma");
    TenantKey removed = tenants.newKey("gamma");
    assertThat(tenants.removeKey("gamma", removed.id())).isTrue();
    assertThat(tenants.put("gamma", "Gamma Ltd", new Quotas(1, 2, 3))).isFalse();
    tenants.put("gone", "Gone", Quotas.NONE);
    assertThat(tenants.remove("gone")).isTrue();
    assertThat(tenants.remove("gone")).isFalse();
    var request =
        new TokenRequest("", null, List.of("*"), EnumSet.of(Permission.ADMIN), Duration.ofHours(1));
    String token = tenants.issue("gamma", null, request);
    store.close();

    store = JournalStore.open(directory, SyncPolicy.NEVER, clock);
    tenants = tenants();
    assertThat(tenants.tenant("gamma"))
        .isEqualTo(new Tenant("gamma", "Gamma Ltd", List.of(key), new Quotas(1, 2, 3)));
    assertThat(tenants.verify(token).tenant()).isEqualTo("gamma");
    assertThat(tenants.removeKey("gamma", key.id())).isTrue();
    assertThat(refusal(token)).isEqualTo("token-invalid");
    assertThat(tenants.hasKeys()).isFalse();
  }

  @Test
  void whatTheConfigurationSaysIsNotChangedAtRunTime() {
    assertThatThrownBy(() -> tenants.put("acme", "x", Quotas.NONE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("configuration");
    assertThatThrownBy(() -> tenants.remove("acme")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> tenants.newKey("acme")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> tenants.removeKey("acme", "k1"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void nothingThatIsPrintedShowsASecret() throws Exception {
    assertThat(tenants.tenant("acme").toString()).doesNotContain(SECRET);
    tenants.put("gamma", "Gamma", Quotas.NONE);
    TenantKey key = tenants.newKey("gamma");
    assertThat(key.strong()).isTrue();
    assertThat(tenants.all().toString()).doesNotContain(key.secret());
  }

  @Test
  void twoTenantsNeverShareAKey() {
    assertThatThrownBy(() ->
            tenants(
                new Tenant("a", "", List.of(new TenantKey("k", SECRET)), Quotas.NONE),
                new Tenant("b", "", List.of(new TenantKey("k", SECRET)), Quotas.NONE)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("two keys are called k");
  }
}
