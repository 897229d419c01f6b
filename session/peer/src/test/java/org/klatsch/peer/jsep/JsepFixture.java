package org.klatsch.peer.jsep;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.klatsch.peer.DtlsFingerprint;

/// Makes peers with repeatable secrets and reads captured descriptions.
final class JsepFixture {
  private JsepFixture() {}

  static final DtlsFingerprint FINGERPRINT = fingerprint(0x11);

  static DtlsFingerprint fingerprint(int value) {
    return new DtlsFingerprint(
        "sha-256", String.join(":", java.util.Collections.nCopies(32, "%02X".formatted(value))));
  }

  static JsepOptions options() {
    return JsepOptions.of(List.of(FINGERPRINT));
  }

  static Jsep jsep(long seed) {
    return jsep(options(), seed);
  }

  static Jsep jsep(JsepOptions options, long seed) {
    return new Jsep(options, random(seed));
  }

  /// A peer that wants data channels.
  static Jsep withData(long seed) {
    Jsep jsep = jsep(seed);
    jsep.requestDataChannels();
    return jsep;
  }

  /// A peer that knows every codec.
  static Jsep withMedia(long seed) {
    return jsep(options().withMedia(MediaCapabilities.standard()), seed);
  }

  static SecureRandom random(long seed) {
    try {
      SecureRandom random = SecureRandom.getInstance("SHA1PRNG");
      random.setSeed(seed);
      return random;
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  /// One complete exchange.
  static void negotiate(Jsep offerer, Jsep answerer) throws JsepException {
    JsepDescription offer = offerer.setLocalDescription();
    answerer.setRemoteDescription(SdpType.OFFER, offer.sdp());
    JsepDescription answer = answerer.setLocalDescription();
    offerer.setRemoteDescription(SdpType.ANSWER, answer.sdp());
  }

  static String capture(String name) {
    try (@Nullable InputStream in = JsepFixture.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new AssertionError("no resource " + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
