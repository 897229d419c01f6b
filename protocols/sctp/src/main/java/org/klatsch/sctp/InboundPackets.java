package org.klatsch.sctp;

import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;
import org.klatsch.sctp.SctpAssociation.State;
import org.klatsch.sctp.packet.Chunk;
import org.klatsch.sctp.packet.ChunkType;
import org.klatsch.sctp.packet.CommonHeader;
import org.klatsch.sctp.packet.DataChunk;
import org.klatsch.sctp.packet.DropReason;
import org.klatsch.sctp.packet.ErrorCause;
import org.klatsch.sctp.packet.ForwardTsnChunk;
import org.klatsch.sctp.packet.InitChunk;
import org.klatsch.sctp.packet.ReConfigChunk;
import org.klatsch.sctp.packet.SackChunk;
import org.klatsch.sctp.packet.SctpMalformedException;
import org.klatsch.sctp.packet.Wire;
import org.klatsch.sctp.rx.DataReceiver;
import org.klatsch.sctp.tx.DataSender;

/// Takes packets apart: verifies checksum and verification tag (RFC 9260 §6.8, §8.4, §8.5) and
/// hands every chunk to the part of the association that it concerns.
final class InboundPackets {
  private final SctpAssociation association;
  private final SctpOptions options;
  private final ControlQueue control;
  private final Handshake handshake;
  private final DataSender sender;
  private final DataReceiver receiver;
  private final PathSupervision path;
  private final Reconfiguration reconfiguration;
  private final ShutdownSequence shutdown;
  private final CRC32C crc = new CRC32C();
  private final DataChunk dataChunk = new DataChunk();
  private final SackChunk sackChunk = new SackChunk();

  InboundPackets(
      SctpAssociation association,
      SctpOptions options,
      ControlQueue control,
      Handshake handshake,
      DataSender sender,
      DataReceiver receiver,
      PathSupervision path,
      Reconfiguration reconfiguration,
      ShutdownSequence shutdown) {
    this.association = association;
    this.options = options;
    this.control = control;
    this.handshake = handshake;
    this.sender = sender;
    this.receiver = receiver;
    this.path = path;
    this.reconfiguration = reconfiguration;
    this.shutdown = shutdown;
  }

  /// Takes a packet, borrowed for the call.
  ///
  /// @throws SctpMalformedException for what is to be counted and dropped; chunks before the bad
  ///   one took effect
  void receive(long now, byte[] packet, int offset, int length) throws SctpMalformedException {
    if (length < CommonHeader.LENGTH + Chunk.HEADER_LENGTH) {
      throw new SctpMalformedException(DropReason.TRUNCATED, "packet of " + length + " bytes");
    }
    if (CommonHeader.sourcePort(packet, offset) != options.remotePort()
        || CommonHeader.destinationPort(packet, offset) != options.localPort()) {
      throw new SctpMalformedException(DropReason.BAD_PORT, "packet of other ports");
    }
    int first = packet[offset + CommonHeader.LENGTH] & 0xff;
    verifyChecksum(packet, offset, length, first);
    verifyTag(packet, offset, first);
    boolean data = false;
    int position = offset + CommonHeader.LENGTH;
    int end = offset + length;
    try {
      while (end - position >= Chunk.HEADER_LENGTH && !association.isEnded()) {
        int type = packet[position] & 0xff;
        int chunkLength = Wire.u16(packet, position + 2);
        if (chunkLength < Chunk.HEADER_LENGTH || chunkLength > end - position) {
          throw new SctpMalformedException(
              DropReason.BAD_LENGTH, "chunk of " + chunkLength + " in " + (end - position));
        }
        if (type == ChunkType.DATA || type == ChunkType.I_DATA) {
          data |= handleData(packet, position, chunkLength);
        } else if (type == ChunkType.SACK) {
          handleSack(now, packet, position, chunkLength);
        } else if (!handleControl(now, packet, offset, position, chunkLength)) {
          break;
        }
        position += Wire.padded(chunkLength);
      }
    } finally {
      if (data) {
        receiver.handlePacketEnd(now);
        reconfiguration.handleCumulativeTsnAdvanced();
        shutdown.handleData(now);
      }
    }
  }

  private void verifyChecksum(byte[] packet, int offset, int length, int first)
      throws SctpMalformedException {
    int checksum = CommonHeader.checksum(packet, offset);
    // RFC 9653 §5.3: only what was announced, and never before the peer can know.
    if (checksum == 0
        && options.zeroChecksum()
        && first != ChunkType.INIT
        && first != ChunkType.COOKIE_ECHO) {
      return;
    }
    if (CommonHeader.crc32c(crc, packet, offset, length) != checksum) {
      throw new SctpMalformedException(DropReason.BAD_CHECKSUM, "checksum " + checksum);
    }
  }

  /// The rules of RFC 9260 §8.5 and, while there is no association, §8.4.
  private void verifyTag(byte[] packet, int offset, int first) throws SctpMalformedException {
    int tag = CommonHeader.verificationTag(packet, offset);
    boolean reflected = (packet[offset + CommonHeader.LENGTH + 1] & Chunk.FLAG_T) != 0;
    boolean accepted =
        switch (first) {
          case ChunkType.INIT -> tag == 0;
          case ChunkType.COOKIE_ECHO -> true; // Checked against the cookie.
          case ChunkType.ABORT, ChunkType.SHUTDOWN_COMPLETE ->
              reflected
                  ? association.peerTag() != 0 && tag == association.peerTag()
                  : tag == handshake.localTag();
          default ->
              association.state() != State.CLOSED
                  && !association.isEnded()
                  && tag == handshake.localTag();
        };
    if (association.isEnded() && first == ChunkType.SHUTDOWN_ACK
        || !accepted && first == ChunkType.SHUTDOWN_ACK && association.state().ordinal() <= 2) {
      // RFC 9260 §8.5.1 E: our SHUTDOWN COMPLETE was lost, or the association is an old one.
      control.addStandalone(tag, Chunk.encode(ChunkType.SHUTDOWN_COMPLETE, Chunk.FLAG_T), true);
      accepted = false;
    } else if (!accepted
        && association.state() == State.CLOSED
        && !association.isEnded()
        && isAnsweredOutOfTheBlue(first)) {
      // RFC 9260 §8.4 rule 8.
      control.addStandalone(tag, Chunk.encode(ChunkType.ABORT, Chunk.FLAG_T), true);
    }
    if (association.isEnded()) {
      throw new SctpMalformedException(DropReason.CLOSED, "association ended");
    }
    if (!accepted) {
      throw new SctpMalformedException(
          DropReason.BAD_VERIFICATION_TAG, "tag " + tag + " with chunk " + first);
    }
  }

  private static boolean isAnsweredOutOfTheBlue(int first) {
    return switch (first) {
      case ChunkType.ABORT,
          ChunkType.INIT,
          ChunkType.INIT_ACK,
          ChunkType.COOKIE_ECHO,
          ChunkType.COOKIE_ACK,
          ChunkType.SHUTDOWN_COMPLETE,
          ChunkType.ERROR ->
          false;
      default -> true;
    };
  }

  /// @return whether the chunk counts for acknowledgement
  private boolean handleData(byte[] packet, int position, int length)
      throws SctpMalformedException {
    if (!association.receivesData()) {
      throw new SctpMalformedException(
          DropReason.UNEXPECTED_CHUNK, "DATA in " + association.state());
    }
    DataChunk chunk = dataChunk;
    chunk.parse(packet, position, length);
    if (chunk.isInterleaved() != association.isInterleaved()) {
      // RFC 8260 §2.2.1: only the negotiated form may be used.
      association.abort(
          ErrorCause.of(ErrorCause.PROTOCOL_VIOLATION, "DATA and I-DATA mixed"),
          "the peer sent the form of DATA that was not negotiated");
      return false;
    }
    if (chunk.payloadLength() == 0) {
      association.abort(
          ErrorCause.of(ErrorCause.NO_USER_DATA, chunk.tsn()), // RFC 9260 §6.2
          "the peer sent DATA without user data");
      return false;
    }
    if (chunk.streamId() >= association.incomingStreams()) {
      control.drop(DropReason.INVALID_STREAM);
      receiver.handleRefusedData(chunk.tsn());
      control.add(
          ErrorCause.encodeChunk(
              ChunkType.ERROR,
              0,
              List.of(
                  ErrorCause.of(ErrorCause.INVALID_STREAM_IDENTIFIER, chunk.streamId() << 16))));
      return true;
    }
    switch (receiver.handleData(chunk)) {
      case ACCEPTED, DUPLICATE -> {}
      case BEYOND_WINDOW -> control.drop(DropReason.BEYOND_WINDOW);
      case BEYOND_TSN_RANGE -> control.drop(DropReason.BEYOND_TSN_RANGE);
    }
    return true;
  }

  private void handleSack(long now, byte[] packet, int position, int length)
      throws SctpMalformedException {
    sackChunk.parse(packet, position, length);
    if (association.state().ordinal() < State.ESTABLISHED.ordinal()) {
      throw new SctpMalformedException(
          DropReason.UNEXPECTED_CHUNK, "SACK in " + association.state());
    }
    association.handleSack(now, sackChunk);
  }

  /// @return false when the rest of the packet must be ignored
  private boolean handleControl(long now, byte[] packet, int start, int position, int length)
      throws SctpMalformedException {
    int type = packet[position] & 0xff;
    boolean alone = position == start + CommonHeader.LENGTH;
    int value = position + Chunk.HEADER_LENGTH;
    int valueLength = length - Chunk.HEADER_LENGTH;
    switch (type) {
      case ChunkType.INIT -> {
        requireFirst(alone, "INIT");
        handshake.handleInit(now, InitChunk.parse(packet, position, length));
        return false; // RFC 9260 §3.3.2: nothing is bundled with INIT.
      }
      case ChunkType.INIT_ACK -> {
        requireFirst(alone, "INIT ACK");
        handshake.handleInitAck(now, InitChunk.parse(packet, position, length));
        return false;
      }
      case ChunkType.COOKIE_ECHO -> {
        requireFirst(alone, "COOKIE ECHO");
        handshake.handleCookieEcho(
            now,
            CommonHeader.verificationTag(packet, start),
            Arrays.copyOfRange(packet, value, value + valueLength));
      }
      case ChunkType.COOKIE_ACK -> handshake.handleCookieAck(now);
      case ChunkType.HEARTBEAT ->
          control.add(
              Chunk.encode(
                  ChunkType.HEARTBEAT_ACK,
                  0,
                  Arrays.copyOfRange(packet, value, value + valueLength)));
      case ChunkType.HEARTBEAT_ACK -> {
        if (path.handleAck(now, packet, position, length)) {
          sender.packetSize(path.mtu.current());
        }
      }
      case ChunkType.ABORT -> handleAbort(packet, value, valueLength);
      case ChunkType.ERROR -> handleError(now, packet, value, valueLength);
      case ChunkType.SHUTDOWN -> shutdown.handleShutdown(now, packet, position, length);
      case ChunkType.SHUTDOWN_ACK -> shutdown.handleShutdownAck();
      case ChunkType.SHUTDOWN_COMPLETE -> shutdown.handleShutdownComplete();
      case ChunkType.PAD -> {}
      case ChunkType.FORWARD_TSN, ChunkType.I_FORWARD_TSN -> {
        if (!association.hasPartialReliability()
            || !association.receivesData()
            || (type == ChunkType.I_FORWARD_TSN) != association.isInterleaved()) {
          throw new SctpMalformedException(DropReason.UNEXPECTED_CHUNK, "FORWARD-TSN");
        }
        handleForwardTsn(ForwardTsnChunk.parse(packet, position, length));
      }
      case ChunkType.RE_CONFIG -> {
        if (association.state().ordinal() < State.ESTABLISHED.ordinal()) {
          throw new SctpMalformedException(
              DropReason.UNEXPECTED_CHUNK, "RE-CONFIG in " + association.state());
        }
        reconfiguration.handleChunk(now, ReConfigChunk.parse(packet, position, length));
      }
      default -> {
        return handleUnknown(packet, position, length);
      }
    }
    return true;
  }

  private void handleForwardTsn(ForwardTsnChunk chunk) throws SctpMalformedException {
    for (ForwardTsnChunk.Skip skip : chunk.skips()) {
      if (skip.streamId() >= association.incomingStreams()) {
        throw new SctpMalformedException(
            DropReason.INVALID_STREAM, "FORWARD-TSN of stream " + skip.streamId());
      }
    }
    receiver.handleForwardTsn(chunk);
    reconfiguration.handleCumulativeTsnAdvanced();
  }

  private static void requireFirst(boolean first, String chunk) throws SctpMalformedException {
    if (!first) {
      throw new SctpMalformedException(DropReason.BAD_BUNDLING, chunk + " is not the first chunk");
    }
  }

  private void handleAbort(byte[] packet, int offset, int length) {
    int code = 0;
    String detail = "";
    try {
      List<ErrorCause> causes = ErrorCause.parseAll(packet, offset, length);
      if (!causes.isEmpty()) {
        code = causes.getFirst().code();
        detail = causes.getFirst().text();
      }
    } catch (SctpMalformedException _) {
      detail = "unreadable causes"; // An ABORT ends the association whatever it says.
    }
    association.close(new SctpCloseCause(SctpCloseCause.Kind.ABORTED_BY_PEER, code, detail));
  }

  private void handleError(long now, byte[] packet, int offset, int length)
      throws SctpMalformedException {
    for (ErrorCause cause : ErrorCause.parseAll(packet, offset, length)) {
      if (cause.code() == ErrorCause.STALE_COOKIE) {
        handshake.handleStaleCookie(now);
      }
    }
  }

  private boolean handleUnknown(byte[] packet, int position, int length) {
    int type = packet[position] & 0xff;
    control.drop(DropReason.UNKNOWN_CHUNK);
    if (ChunkType.unknownIsReported(type)
        && association.state().ordinal() >= State.ESTABLISHED.ordinal()) {
      int reported = Math.min(length, options.basePacketSize() / 2);
      control.add(
          ErrorCause.encodeChunk(
              ChunkType.ERROR,
              0,
              List.of(
                  new ErrorCause(
                      ErrorCause.UNRECOGNIZED_CHUNK_TYPE,
                      Arrays.copyOfRange(packet, position, position + reported)))));
    }
    return !ChunkType.unknownStops(type);
  }
}
