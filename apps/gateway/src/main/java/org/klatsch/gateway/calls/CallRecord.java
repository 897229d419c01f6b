package org.klatsch.gateway.calls;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.klatsch.gateway.media.LegQuality;

/// What is known of a call that has ended: a line of the CDR file.
///
/// @param id of the call
/// @param from who called
/// @param to whom
/// @param began with the INVITE
/// @param answered null when it was not
/// @param ended with the BYE or the refusal
/// @param status of the answer: 200, or why there was none
/// @param endedBy `caller`, `called` or `gateway`
/// @param trunk that it went out by, null for none
/// @param callerCodec that the caller was sent, null for none
/// @param calledCodec that the called was sent, null for none
/// @param transcoded whether audio was decoded and encoded
/// @param callerQuality of what came from the caller, null before media
/// @param calledQuality of what came from the called, null before media
/// @param recording the file, null for none
public record CallRecord(
    String id,
    String from,
    String to,
    Instant began,
    @Nullable Instant answered,
    Instant ended,
    int status,
    String endedBy,
    @Nullable String trunk,
    @Nullable String callerCodec,
    @Nullable String calledCodec,
    boolean transcoded,
    @Nullable LegQuality callerQuality,
    @Nullable LegQuality calledQuality,
    @Nullable String recording) {}
