package org.klatsch.gateway.media;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.klatsch.media.RtpCodec;
import org.klatsch.sdp.Connection;
import org.klatsch.sdp.DirectionAttribute;
import org.klatsch.sdp.MalformedSdpException;
import org.klatsch.sdp.MediaDescription;
import org.klatsch.sdp.RtpmapAttribute;
import org.klatsch.sdp.SessionDescription;

/// What the signalling of a call has to know of a description, of browsers and telephones alike.
public final class Descriptions {
  private static final Map<String, String> STATIC = Map.of("0", "pcmu", "8", "pcma", "9", "g722");

  private Descriptions() {}

  private static @Nullable MediaDescription audio(String sdp) {
    try {
      for (MediaDescription each : SessionDescription.parse(sdp).media()) {
        if (each.media().equals("audio") && !each.rejected()) {
          return each;
        }
      }
    } catch (MalformedSdpException e) {
      // Whoever takes the description says so.
    }
    return null;
  }

  /// The codecs of the first audio in its order, as far as they are known here.
  public static List<RtpCodec> codecs(String sdp) {
    MediaDescription audio = audio(sdp);
    List<RtpCodec> found = new ArrayList<>();
    if (audio == null) {
      return found;
    }
    for (String format : audio.formats()) {
      String name = STATIC.get(format);
      for (RtpmapAttribute each : audio.attributes().all(RtpmapAttribute.class)) {
        if (Integer.toString(each.payloadType()).equals(format)) {
          name = each.encodingName();
        }
      }
      RtpCodec codec = name == null ? null : Codecs.ofName(name);
      if (codec != null && !found.contains(codec)) {
        found.add(codec);
      }
    }
    return found;
  }

  /// Whether the far end wants to hear nothing: it has put the call on hold, RFC 3264 §8.4.
  public static boolean holds(String sdp) {
    MediaDescription audio = audio(sdp);
    if (audio == null) {
      return false;
    }
    try {
      SessionDescription text = SessionDescription.parse(sdp);
      DirectionAttribute direction = audio.attributes().first(DirectionAttribute.class);
      if (direction == null) {
        direction = text.attributes().first(DirectionAttribute.class);
      }
      Connection connection =
          audio.connections().isEmpty() ? text.connection() : audio.connections().getFirst();
      return direction != null && !direction.receives()
          || connection != null
              && connection.address().equals("0.0.0.0")
              && audio.protocol().startsWith("RTP/");
    } catch (MalformedSdpException e) {
      return false;
    }
  }
}
