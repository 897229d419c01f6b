package org.klatsch.interop;

import java.time.Duration;

/// What a person does in a call on the room page, and what the page then shows of the only other
/// member.
final class PageCall {
  /// What the page says of that member.
  static final String OTHER = "klatsch.state().connections[0].media";

  private static final Duration SOON = PageSteps.SOON;

  private PageCall() {}

  static void turnOn(Browser.Page page, String source) {
    PageSteps.click(page, source);
    page.waitUntil("klatsch.state().call." + source, SOON);
  }

  /// Waits until the other's picture moves.
  static void sees(Browser.Page page) {
    page.waitUntil(inbound("video") + ".some((r) => r.framesDecoded > 5 && r.width > 0)", SOON);
    double before = framesDecoded(page);
    page.waitUntil(inbound("video") + ".some((r) => r.framesDecoded > " + (before + 5) + ")", SOON);
    page.waitUntil(
        "[...document.querySelectorAll('[data-testid=\"tile\"] video')].at(-1).videoWidth > 0",
        SOON);
  }

  private static double framesDecoded(Browser.Page page) {
    return page.evaluate(
            "Math.max(0, ..." + inbound("video") + ".map((r) => r.framesDecoded ?? 0))")
        .asDouble();
  }

  /// Waits until sound that is not silence has arrived.
  static void hears(Browser.Page page) {
    page.waitUntil(
        inbound("audio") + ".some((r) => r.totalAudioEnergy > 0 || r.audioLevel > 0)", SOON);
  }

  private static String inbound(String kind) {
    return OTHER + ".inbound.filter((r) => r.kind === '" + kind + "')";
  }

  static void remoteShows(Browser.Page page, String source, boolean on) {
    page.waitUntil(OTHER + ".remote." + source + " === " + on, SOON);
  }
}
