package org.klatsch.webrtc;

/// A description to be applied, W3C WebRTC §4.6.2.
///
/// @param sdp empty for a rollback
public record RTCSessionDescriptionInit(RTCSdpType type, String sdp) {
  public RTCSessionDescriptionInit(RTCSdpType type) {
    this(type, "");
  }

  /// The description as JSON, as browsers write it.
  public String toJSON() {
    return Json.object("type", type.toString(), "sdp", sdp);
  }

  /// Reads what [#toJSON()] or a browser wrote.
  ///
  /// @throws DOMException a SyntaxError if it is no such JSON, a TypeError if the type is missing
  ///   or unknown
  public static RTCSessionDescriptionInit fromJSON(String json) {
    Json.Members members = Json.parseObject(json);
    String type = members.string("type");
    if (type == null) {
      throw DOMException.typeError("a description needs a type");
    }
    String sdp = members.string("sdp");
    return new RTCSessionDescriptionInit(RTCSdpType.of(type), sdp == null ? "" : sdp);
  }
}
