package org.klatsch.rooms.transfer;

import java.time.Duration;
import java.util.List;

/// How a [TransferPeer] behaves.
///
/// @param agent what kind of program this is, told to the other end
/// @param media kinds of media that are received beside chat and files, in rooms only; the other
///   sends no others. None, as only programs that make calls can use them
/// @param window bytes the other may send before they are written here. 16 MiB fill a 1 Gbit/s path
///   of 130 ms and bound the memory of an incoming transfer
/// @param maxBuffered bytes waiting in the bulk channel. 1 MiB keeps the path busy between two
///   callbacks, and a chat line behind it waits 80 ms at 100 Mbit/s
/// @param frameLength bytes of a frame with its header. 64 KiB is what every peer takes
/// @param maxWaitingTransfers offers unanswered or running per direction; each costs memory for its
///   list of files
/// @param maxWaitingNames UTF-16 code units in names of such offers, all together
/// @param maxChatPerSecond more from the other end are dropped
/// @param greetingTimeout until hello and proof are done. They take two round trips; a person's
///   pace plays no part
public record TransferOptions(
    String agent,
    List<String> media,
    int window,
    int maxBuffered,
    int frameLength,
    int maxWaitingTransfers,
    int maxWaitingNames,
    int maxChatPerSecond,
    Duration greetingTimeout) {
  public TransferOptions {
    media = List.copyOf(media);
    if (window < ControlMessage.MIN_WINDOW || window > ControlMessage.MAX_WINDOW) {
      throw new IllegalArgumentException(
          "window "
              + window
              + ", expected "
              + ControlMessage.MIN_WINDOW
              + " to "
              + ControlMessage.MAX_WINDOW);
    }
    if (frameLength <= BulkFrame.HEADER_LENGTH || frameLength > BulkFrame.MAX_LENGTH) {
      throw new IllegalArgumentException(
          "frameLength " + frameLength + ", expected up to " + BulkFrame.MAX_LENGTH);
    }
  }

  public static TransferOptions defaults(String agent) {
    return new TransferOptions(
        agent, List.of(), 16 << 20, 1 << 20, 65_536, 64, 4 << 20, 20, Duration.ofSeconds(30));
  }

  public TransferOptions withMedia(String... kinds) {
    return new TransferOptions(
        agent,
        List.of(kinds),
        window,
        maxBuffered,
        frameLength,
        maxWaitingTransfers,
        maxWaitingNames,
        maxChatPerSecond,
        greetingTimeout);
  }
}
