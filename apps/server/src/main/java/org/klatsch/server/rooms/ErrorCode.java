package org.klatsch.server.rooms;

import java.util.Locale;

/// The errors of §6 with the close code that follows.
public enum ErrorCode {
  BAD_MESSAGE(CloseCode.POLICY),
  UNKNOWN_TYPE(CloseCode.NONE),
  NOT_JOINED(CloseCode.POLICY),
  JOINED_ALREADY(CloseCode.POLICY),
  JOIN_TIMEOUT(CloseCode.POLICY),
  BAD_ROOM(CloseCode.POLICY),
  BAD_TRANSFER(CloseCode.POLICY),
  ROOM_FULL(CloseCode.POLICY),
  NO_SUCH_TRANSFER(CloseCode.POLICY),
  TRANSFER_BUSY(CloseCode.POLICY),
  TRANSFER_TAKEN(CloseCode.POLICY),
  NO_SUCH_MEMBER(CloseCode.NONE),
  TOO_MANY(CloseCode.TRY_LATER),
  RATE(CloseCode.POLICY),
  SLOW(CloseCode.POLICY),
  REPLACED(CloseCode.POLICY),
  IDLE(CloseCode.POLICY),
  DRAINING(CloseCode.RESTART),
  UNAUTHORIZED(CloseCode.POLICY),
  FORBIDDEN(CloseCode.POLICY),
  NOT_KEPT(CloseCode.NONE),
  REMOVED(CloseCode.POLICY);

  private final String text = name().toLowerCase(Locale.ROOT).replace('_', '-');
  private final int closeCode;

  ErrorCode(int closeCode) {
    this.closeCode = closeCode;
  }

  boolean fatal() {
    return closeCode != CloseCode.NONE;
  }

  int closeCode() {
    return closeCode;
  }

  @Override
  public String toString() {
    return text;
  }
}
