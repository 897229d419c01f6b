package org.klatsch.dtls;

import org.jspecify.annotations.Nullable;
import org.klatsch.sansio.MalformedPacketException;

/// The record layer, RFC 6347 §4.1: takes datagrams apart, checks and opens records of the epochs
/// whose keys are known, keeps those that come too early, drops and counts the rest.
final class RecordLayer {
  /// Takes the content of a record. The bytes are borrowed until the call returns.
  interface Receiver {
    void handleRecord(
        long now,
        int type,
        int epoch,
        byte[] data,
        int offset,
        int length,
        @Nullable ApplicationDataSink sink)
        throws MalformedPacketException;
  }

  private final DtlsStatistics statistics;
  private final Receiver receiver;
  private final EarlyBuffer early;
  private final int receiveLimit;
  private final Epoch initial = Epoch.plaintext();
  private @Nullable Epoch current;
  private Epoch writing;
  private boolean initialRetired;
  private boolean applicationDataOpen;
  private int sendLimit = RecordHeader.MAX_PLAINTEXT;
  private long lastInitialSequence;

  /// Plaintext of the record being handled. Grows to the largest record met, so that an idle
  /// connection with packets of 1,200 bytes does not hold 16 KiB.
  private byte[] scratch = new byte[0];

  RecordLayer(DtlsOptions options, DtlsStatistics statistics, Receiver receiver) {
    this.statistics = statistics;
    this.receiver = receiver;
    this.early = new EarlyBuffer(options.maxEarlyRecords(), options.maxEarlyBytes());
    this.receiveLimit = options.recordSizeLimit();
    this.writing = initial;
  }

  /// Handles all records of a datagram, RFC 6347 §4.1.1.
  void handleDatagram(
      long now, byte[] array, int offset, int length, @Nullable ApplicationDataSink sink)
      throws MalformedPacketException {
    int position = offset;
    int end = offset + length;
    while (position < end) {
      if (end - position < RecordHeader.LENGTH) {
        statistics.drop(DropReason.TRUNCATED_RECORD);
        return;
      }
      if (!ContentType.isKnown(RecordHeader.type(array, position))) {
        // Its length is not known, so the rest of the datagram goes with it.
        statistics.drop(DropReason.UNKNOWN_CONTENT_TYPE);
        return;
      }
      int recordLength = RecordHeader.LENGTH + RecordHeader.length(array, position);
      if (recordLength > end - position) {
        statistics.drop(DropReason.TRUNCATED_RECORD);
        return;
      }
      handleRecord(now, array, position, recordLength, sink);
      position += recordLength;
    }
  }

  private void handleRecord(
      long now, byte[] array, int offset, int recordLength, @Nullable ApplicationDataSink sink)
      throws MalformedPacketException {
    int type = RecordHeader.type(array, offset);
    int epochNumber = RecordHeader.epoch(array, offset);
    int version = RecordHeader.version(array, offset);
    int length = recordLength - RecordHeader.LENGTH;
    if (version != ProtocolVersion.DTLS_1_2.code()
        && !(epochNumber == 0 && version == ProtocolVersion.DTLS_1_0.code())) {
      statistics.drop(DropReason.WRONG_VERSION);
      return;
    }
    if (length > RecordHeader.MAX_CIPHERTEXT) {
      statistics.drop(DropReason.OVERSIZED_RECORD);
      return;
    }
    @Nullable Epoch epoch = epoch(epochNumber);
    if (epoch == null
        || (type == ContentType.APPLICATION_DATA && epochNumber != 0 && !applicationDataOpen)) {
      keepOrDrop(epochNumber, array, offset, recordLength);
      return;
    }
    long sequence = RecordHeader.sequence(array, offset);
    // Anybody can write a number into an unprotected record, and a high one would close the window
    // for the peer's. Handshake messages have numbers of their own against repetition.
    if (epochNumber != 0 && !epoch.received().accepts(sequence)) {
      statistics.drop(DropReason.REPLAYED);
      return;
    }
    if (scratch.length < length) {
      scratch = new byte[Math.min(RecordHeader.MAX_CIPHERTEXT, Math.max(length, 2048))];
    }
    int plaintext =
        epoch
            .read()
            .open(
                type,
                epochNumber,
                sequence,
                array,
                offset + RecordHeader.LENGTH,
                length,
                scratch,
                0);
    if (plaintext < 0) {
      statistics.drop(DropReason.BAD_RECORD_MAC);
      return;
    }
    if (plaintext > receiveLimit) {
      statistics.drop(DropReason.OVERSIZED_RECORD);
      return;
    }
    if (epochNumber == 0) {
      lastInitialSequence = sequence;
    } else {
      epoch.received().mark(sequence);
    }
    statistics.recordsReceived++;
    receiver.handleRecord(now, type, epochNumber, scratch, 0, plaintext, sink);
  }

  private @Nullable Epoch epoch(int number) {
    if (current != null && number == current.number()) {
      return current;
    }
    return number == 0 && !initialRetired ? initial : null;
  }

  /// Records of the next epoch wait for its keys, application data for the end of the handshake:
  /// RFC 6347 §4.1 lets them be buffered.
  private void keepOrDrop(int epochNumber, byte[] array, int offset, int recordLength) {
    if (epochNumber == 0) {
      statistics.drop(DropReason.OLD_EPOCH);
    } else if (epochNumber != 1 || applicationDataOpen) {
      statistics.drop(DropReason.UNKNOWN_EPOCH);
    } else if (early.add(array, offset, recordLength)) {
      statistics.earlyRecordsKept++;
    } else {
      statistics.drop(DropReason.EARLY_BUFFER_FULL);
    }
  }

  /// Handles the records kept so far again; those still too early stay.
  void handleEarlyRecords(long now, @Nullable ApplicationDataSink sink)
      throws MalformedPacketException {
    for (int left = early.size(); left > 0; left--) {
      byte[] kept = early.poll();
      if (kept != null) {
        handleRecord(now, kept, 0, kept.length, sink);
      }
    }
  }

  boolean hasEarlyRecords() {
    return early.size() > 0;
  }

  /// Makes the keys of the next epoch known, for reading at once and for writing when [#writeEpoch]
  /// says so.
  void install(Epoch epoch) {
    current = epoch;
  }

  /// Writes from now on with the newest keys.
  void startWriting() {
    if (current == null) {
      throw new IllegalStateException("no keys are installed yet");
    }
    writing = current;
  }

  /// The epoch with this number. The initial one stays for writing: the ChangeCipherSpec of the
  /// last flight may have to be sent again.
  private Epoch writeEpoch(int number) {
    if (number == writing.number()) {
      return writing;
    }
    if (number == 0) {
      return initial;
    }
    throw new IllegalStateException("epoch " + number + " is gone, now at " + writing.number());
  }

  /// Forgets epoch 0: nothing unprotected is believed any more.
  void retireInitialEpoch() {
    initialRetired = true;
  }

  /// Lets application data pass.
  void openApplicationData() {
    applicationDataOpen = true;
  }

  boolean isApplicationDataOpen() {
    return applicationDataOpen;
  }

  void forgetEarlyRecords() {
    early.clear();
  }

  /// The peer's record_size_limit, RFC 8449 §4; includes no content type byte under DTLS 1.2.
  void limitSending(int bytes) {
    sendLimit = Math.min(bytes, RecordHeader.MAX_PLAINTEXT);
  }

  int sendLimit() {
    return sendLimit;
  }

  int writingEpoch() {
    return writing.number();
  }

  /// Bytes that a record takes beyond its content, in the current epoch.
  int overhead() {
    return overhead(writing.number());
  }

  int overhead(int epoch) {
    return RecordHeader.LENGTH + writeEpoch(epoch).write().overhead();
  }

  boolean isExhausted() {
    return writing.isExhausted();
  }

  /// The number of the record in epoch 0 handled last.
  long lastInitialSequence() {
    return lastInitialSequence;
  }

  void continueFrom(long sequence) {
    writing.continueFrom(sequence);
  }

  /// Writes a record of the current epoch.
  ///
  /// @return bytes written
  int seal(int type, byte[] data, int offset, int length, byte[] out, int outOffset) {
    return seal(writing, type, data, offset, length, out, outOffset);
  }

  /// Writes a record of a given epoch.
  int seal(int type, int epoch, byte[] data, int offset, int length, byte[] out, int outOffset) {
    return seal(writeEpoch(epoch), type, data, offset, length, out, outOffset);
  }

  private int seal(
      Epoch epoch, int type, byte[] data, int offset, int length, byte[] out, int outOffset) {
    long sequence = epoch.takeSequence();
    int fragment =
        epoch
            .write()
            .seal(
                type,
                epoch.number(),
                sequence,
                data,
                offset,
                length,
                out,
                outOffset + RecordHeader.LENGTH);
    RecordHeader.write(
        out, outOffset, type, ProtocolVersion.DTLS_1_2.code(), epoch.number(), sequence, fragment);
    statistics.recordsSent++;
    return RecordHeader.LENGTH + fragment;
  }
}
