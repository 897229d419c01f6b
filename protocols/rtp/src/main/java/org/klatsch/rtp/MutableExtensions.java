package org.klatsch.rtp;

import java.util.Arrays;

/// Values that senders fill in at the last moment and forwarders change. Parity is made of packets
/// in which they are zero, at both ends: browsers do so with ULPFEC and FlexFEC.
public final class MutableExtensions {
  /// Where the values behind the pacer begin in a video timing extension.
  private static final int VIDEO_TIMING_PACER_EXIT = 7;

  private MutableExtensions() {}

  /// Sets them to zero in place.
  public static void zero(RtpPacket packet, ExtensionIds ids) {
    for (int i = 0; i < packet.elementCount(); i++) {
      ExtensionType type = ids.type(packet.elementId(i));
      if (type == null) {
        continue;
      }
      int from =
          switch (type) {
            case TRANSMISSION_OFFSET, ABS_SEND_TIME, TRANSPORT_SEQUENCE, TRANSPORT_SEQUENCE_V2 -> 0;
            case VIDEO_TIMING -> VIDEO_TIMING_PACER_EXIT;
            default -> Integer.MAX_VALUE;
          };
      int length = packet.elementLength(i);
      if (from < length) {
        int at = packet.elementOffset(i);
        Arrays.fill(packet.array(), at + from, at + length, (byte) 0);
      }
    }
  }
}
