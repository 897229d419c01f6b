package org.klatsch.peer;

import org.klatsch.media.MediaKind;
import org.klatsch.media.RtpReceiveParameters;
import org.klatsch.media.RtpSendParameters;
import org.klatsch.sdp.DirectionAttribute;

/// What both sides agreed for one m-section of audio or video. Both halves are always there, also
/// while the direction keeps one of them silent: a call on hold goes on with the same streams.
///
/// @param mid the m-section, unique within the session
/// @param direction who sends, seen from here
/// @param send what is used while `direction` sends
/// @param receive what is used while `direction` receives
/// @param ptimeMillis duration of a packet that the peer wishes to get (RFC 8866 §6.4), 0 when it
///   says nothing
/// @param maxptimeMillis longest packet that the peer takes, 0 when it says nothing
public record MediaParameters(
    String mid,
    MediaKind kind,
    DirectionAttribute direction,
    RtpSendParameters send,
    RtpReceiveParameters receive,
    int ptimeMillis,
    int maxptimeMillis) {}
