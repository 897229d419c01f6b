package org.klatsch.webrtc;

import org.jspecify.annotations.Nullable;

/// A candidate as it travels between peers, W3C WebRTC §4.8.1.
///
/// @param candidate the candidate-attribute of RFC 8839 §5.1; empty: there are no more
/// @param sdpMid the media section by its mid
/// @param sdpMLineIndex the media section by its place, from 0
/// @param usernameFragment the generation
public record RTCIceCandidateInit(
    String candidate,
    @Nullable String sdpMid,
    @Nullable Integer sdpMLineIndex,
    @Nullable String usernameFragment) {
  public RTCIceCandidateInit() {
    this("", null, null, null);
  }

  public RTCIceCandidateInit(String candidate, @Nullable String sdpMid) {
    this(candidate, sdpMid, null, null);
  }

  public RTCIceCandidateInit withCandidate(String value) {
    return new RTCIceCandidateInit(value, sdpMid, sdpMLineIndex, usernameFragment);
  }

  public RTCIceCandidateInit withSdpMid(@Nullable String value) {
    return new RTCIceCandidateInit(candidate, value, sdpMLineIndex, usernameFragment);
  }

  public RTCIceCandidateInit withSdpMLineIndex(@Nullable Integer value) {
    return new RTCIceCandidateInit(candidate, sdpMid, value, usernameFragment);
  }

  public RTCIceCandidateInit withUsernameFragment(@Nullable String value) {
    return new RTCIceCandidateInit(candidate, sdpMid, sdpMLineIndex, value);
  }

  /// The candidate as JSON, as browsers write it.
  public String toJSON() {
    return Json.object(
        "candidate",
        candidate,
        "sdpMid",
        sdpMid,
        "sdpMLineIndex",
        sdpMLineIndex,
        "usernameFragment",
        usernameFragment);
  }

  /// Reads what [#toJSON()] or a browser wrote.
  ///
  /// @throws DOMException a SyntaxError if it is no such JSON
  public static RTCIceCandidateInit fromJSON(String json) {
    Json.Members members = Json.parseObject(json);
    String candidate = members.string("candidate");
    return new RTCIceCandidateInit(
        candidate == null ? "" : candidate,
        members.string("sdpMid"),
        members.integer("sdpMLineIndex"),
        members.string("usernameFragment"));
  }
}
