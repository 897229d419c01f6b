package org.klatsch.sdp;

import org.jspecify.annotations.Nullable;

/// `a=rtpmap`: codec of a payload type, RFC 8866 §6.6.
///
/// @param payloadType 0 to 127
/// @param encodingName the codec's name, compared without regard to case
/// @param clockRateHz of the RTP timestamps
/// @param encodingParameters the number of channels for audio, else null
public record RtpmapAttribute(
    int payloadType, String encodingName, int clockRateHz, @Nullable String encodingParameters)
    implements Attribute {
  public RtpmapAttribute {
    Grammar.requireRange("payload type", payloadType, 0, 127);
    Grammar.requireWord("encoding name", encodingName);
    Grammar.requireRange("clock rate", clockRateHz, 1, Integer.MAX_VALUE);
    if (encodingParameters != null) {
      Grammar.requireWord("encoding parameters", encodingParameters);
    }
  }

  static RtpmapAttribute read(Cursor in) throws MalformedSdpException {
    int payloadType = in.intNumber("payload type", 0, 127);
    String[] codec = in.word("codec").split("/", 3);
    in.end();
    if (codec.length < 2 || codec[0].isEmpty()) {
      throw in.error("codec is not name/rate");
    }
    return new RtpmapAttribute(
        payloadType,
        codec[0],
        (int) in.parse(codec[1], "clock rate", 1, Integer.MAX_VALUE),
        codec.length == 3 && !codec[2].isEmpty() ? codec[2] : null);
  }

  @Override
  public String attributeName() {
    return "rtpmap";
  }

  @Override
  public String attributeValue() {
    String text = payloadType + " " + encodingName + "/" + clockRateHz;
    return encodingParameters == null ? text : text + "/" + encodingParameters;
  }
}
