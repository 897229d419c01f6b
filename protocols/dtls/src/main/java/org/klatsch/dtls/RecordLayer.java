package org.klatsch.dtls;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.klatsch.sansio.MalformedPacketException;

/// The record layer, RFC 6347 §4.1 and RFC 9147 §4: takes datagrams apart, checks and opens records
/// of the epochs whose keys are known, keeps those that come too early, drops and counts the rest.
/// Records tell their version by their first byte.
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

  /// The first epoch of application data in version 1.3, RFC 9147 §6.1.
  static final int FIRST_APPLICATION_EPOCH = 3;

  /// Longest protected record of version 1.3 without its header, RFC 8446 §5.2.
  private static final int MAX_UNIFIED = RecordHeader.MAX_PLAINTEXT + 256;

  private final DtlsStatistics statistics;
  private final Receiver receiver;
  private final EarlyBuffer early;
  private final int receiveLimit;

  /// Whether the header of version 1.3 means anything to us.
  private final boolean version13;

  /// Oldest first, at most five: epochs 0 and 2, and of application data the present one and its
  /// neighbours.
  private final List<ReadEpoch> readable = new ArrayList<>(4);

  private final List<WriteEpoch> writable = new ArrayList<>(4);
  private WriteEpoch writing;
  private boolean applicationDataOpen;
  private int sendLimit = RecordHeader.MAX_PLAINTEXT;
  private long lastInitialSequence;
  private long currentSequence;

  /// Plaintext of the record being handled. Grows to the largest record met, so that an idle
  /// connection with packets of 1,200 bytes does not hold 16 KiB.
  private byte[] scratch = new byte[0];

  RecordLayer(DtlsOptions options, DtlsStatistics statistics, Receiver receiver) {
    this.statistics = statistics;
    this.receiver = receiver;
    this.early = new EarlyBuffer(options.maxEarlyRecords(), options.maxEarlyBytes());
    this.receiveLimit = options.recordSizeLimit();
    this.version13 = options.versions().contains(ProtocolVersion.DTLS_1_3);
    PlaintextProtection none = new PlaintextProtection();
    this.writing = new WriteEpoch(0, none);
    writable.add(writing);
    readable.add(new ReadEpoch(0, none));
  }

  /// Handles all records of a datagram, RFC 6347 §4.1.1 and RFC 9147 §4.3.
  void handleDatagram(
      long now, byte[] array, int offset, int length, @Nullable ApplicationDataSink sink)
      throws MalformedPacketException {
    int position = offset;
    int end = offset + length;
    while (position < end) {
      int recordLength =
          isUnified(array, position)
              ? unifiedLength(array, position, end - position)
              : plainLength(array, position, end - position);
      if (recordLength < 0) {
        // Where the next one would begin is not known.
        return;
      }
      handleRecord(now, array, position, recordLength, sink);
      position += recordLength;
    }
  }

  private boolean isUnified(byte[] array, int offset) {
    return version13 && UnifiedHeader.matches(array[offset]);
  }

  private int plainLength(byte[] array, int offset, int available) {
    if (available < RecordHeader.LENGTH) {
      statistics.drop(DropReason.TRUNCATED_RECORD);
      return -1;
    }
    if (!ContentType.isKnown(RecordHeader.type(array, offset))) {
      statistics.drop(DropReason.UNKNOWN_CONTENT_TYPE);
      return -1;
    }
    int length = RecordHeader.LENGTH + RecordHeader.length(array, offset);
    if (length > available) {
      statistics.drop(DropReason.TRUNCATED_RECORD);
      return -1;
    }
    return length;
  }

  private int unifiedLength(byte[] array, int offset, int available) {
    int first = array[offset];
    if (UnifiedHeader.hasConnectionId(first)) {
      statistics.drop(DropReason.UNKNOWN_CONNECTION_ID);
      return -1;
    }
    int header = UnifiedHeader.length(first);
    if (available < header) {
      statistics.drop(DropReason.TRUNCATED_RECORD);
      return -1;
    }
    int length =
        UnifiedHeader.hasLength(first)
            ? header + UnifiedHeader.contentLength(array, offset)
            : available;
    if (length > available) {
      statistics.drop(DropReason.TRUNCATED_RECORD);
      return -1;
    }
    return length;
  }

  private void handleRecord(
      long now, byte[] array, int offset, int recordLength, @Nullable ApplicationDataSink sink)
      throws MalformedPacketException {
    if (isUnified(array, offset)) {
      handleUnified(now, array, offset, recordLength, sink);
    } else {
      handlePlain(now, array, offset, recordLength, sink);
    }
  }

  /// A record with the header of version 1.2.
  private void handlePlain(
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
    ReadEpoch epoch = epoch(epochNumber);
    if (epoch == null
        || (type == ContentType.APPLICATION_DATA && epochNumber != 0 && !applicationDataOpen)) {
      keepOrDrop(epochNumber, array, offset, recordLength);
      return;
    }
    if (!(epoch.protection() instanceof FragmentProtection protection)) {
      statistics.drop(DropReason.UNKNOWN_EPOCH);
      return;
    }
    long sequence = RecordHeader.sequence(array, offset);
    // Anybody can write a number into an unprotected record, and a high one would close the window
    // for the peer's. Handshake messages have numbers of their own against repetition.
    if (epochNumber != 0 && !epoch.received().accepts(sequence)) {
      statistics.drop(DropReason.REPLAYED);
      return;
    }
    ensureScratch(length);
    int plaintext =
        protection.open(
            type, epochNumber, sequence, array, offset + RecordHeader.LENGTH, length, scratch, 0);
    if (plaintext < 0) {
      statistics.drop(DropReason.BAD_RECORD_MAC);
      return;
    }
    // The announced limit is for protected records, RFC 8449 §4.
    if (plaintext > (epochNumber == 0 ? RecordHeader.MAX_PLAINTEXT : receiveLimit)) {
      statistics.drop(DropReason.OVERSIZED_RECORD);
      return;
    }
    if (epochNumber == 0) {
      lastInitialSequence = sequence;
    } else {
      epoch.received().mark(sequence);
    }
    currentSequence = sequence;
    statistics.recordsReceived++;
    receiver.handleRecord(now, type, epochNumber, scratch, 0, plaintext, sink);
  }

  /// A protected record of version 1.3.
  private void handleUnified(
      long now, byte[] array, int offset, int recordLength, @Nullable ApplicationDataSink sink)
      throws MalformedPacketException {
    int first = array[offset];
    int length = recordLength - UnifiedHeader.length(first);
    if (length > MAX_UNIFIED) {
      statistics.drop(DropReason.OVERSIZED_RECORD);
      return;
    }
    if (length < RecordNumberMask.SAMPLE_LENGTH) {
      statistics.drop(DropReason.TRUNCATED_RECORD);
      return;
    }
    ReadEpoch epoch = unifiedEpoch(UnifiedHeader.epochBits(first));
    if (epoch == null || (epoch.number() >= FIRST_APPLICATION_EPOCH && !applicationDataOpen)) {
      if (applicationDataOpen) {
        statistics.drop(DropReason.UNKNOWN_EPOCH);
      } else {
        keep(array, offset, recordLength);
      }
      return;
    }
    if (!(epoch.protection() instanceof UnifiedProtection protection)) {
      statistics.drop(DropReason.UNKNOWN_EPOCH);
      return;
    }
    int low = protection.revealNumber(array, offset);
    long sequence = epoch.reconstruct(low, 8 * UnifiedHeader.sequenceLength(first));
    if (!epoch.received().accepts(sequence)) {
      statistics.drop(DropReason.REPLAYED);
      return;
    }
    ensureScratch(length);
    int content = protection.open(sequence, array, offset, recordLength, scratch);
    if (content < 0) {
      statistics.drop(DropReason.BAD_RECORD_MAC);
      return;
    }
    // Content, type, zeros: RFC 8446 §5.4.
    while (content > 0 && scratch[content - 1] == 0) {
      content--;
    }
    if (content == 0) {
      throw DtlsException.fatal(
          AlertDescription.UNEXPECTED_MESSAGE, "a protected record without a content type");
    }
    int type = scratch[--content] & 0xff;
    if (content > receiveLimit) {
      statistics.drop(DropReason.OVERSIZED_RECORD);
      return;
    }
    epoch.received().mark(sequence);
    if (!ContentType.isKnown(type)) {
      statistics.drop(DropReason.UNKNOWN_CONTENT_TYPE);
      return;
    }
    // Who protects records has seen ours, so nothing unprotected comes from it any more.
    retireInitialEpoch();
    retireReadingBefore(epoch.number());
    currentSequence = sequence;
    statistics.recordsReceived++;
    receiver.handleRecord(now, type, epoch.number(), scratch, 0, content, sink);
  }

  private void ensureScratch(int length) {
    if (scratch.length < length) {
      scratch = new byte[Math.min(RecordHeader.MAX_CIPHERTEXT, Math.max(length, 2048))];
    }
  }

  private @Nullable ReadEpoch epoch(int number) {
    for (int i = readable.size() - 1; i >= 0; i--) {
      if (readable.get(i).number() == number) {
        return readable.get(i);
      }
    }
    return null;
  }

  /// The newest protected epoch with these lowest bits.
  private @Nullable ReadEpoch unifiedEpoch(int bits) {
    for (int i = readable.size() - 1; i >= 0; i--) {
      ReadEpoch epoch = readable.get(i);
      if (epoch.number() != 0 && UnifiedHeader.epochBits(epoch.number()) == bits) {
        return epoch;
      }
    }
    return null;
  }

  /// Records of the next epoch wait for its keys, application data for the end of the handshake:
  /// RFC 6347 §4.1 lets them be buffered.
  private void keepOrDrop(int epochNumber, byte[] array, int offset, int recordLength) {
    if (epochNumber == 0) {
      statistics.drop(DropReason.OLD_EPOCH);
    } else if (epochNumber != 1 || applicationDataOpen) {
      statistics.drop(DropReason.UNKNOWN_EPOCH);
    } else {
      keep(array, offset, recordLength);
    }
  }

  private void keep(byte[] array, int offset, int recordLength) {
    if (early.add(array, offset, recordLength)) {
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

  /// Reads with these keys from now on, beside those known already.
  void install(ReadEpoch epoch) {
    readable.add(epoch);
  }

  /// Writes from now on with these keys. Those before stay for what has to be sent again.
  void startWriting(WriteEpoch epoch) {
    writable.add(epoch);
    writing = epoch;
  }

  private WriteEpoch writeEpoch(int number) {
    for (int i = writable.size() - 1; i >= 0; i--) {
      if (writable.get(i).number() == number) {
        return writable.get(i);
      }
    }
    throw new IllegalStateException("epoch " + number + " is gone, now at " + writing.number());
  }

  /// Forgets epoch 0: nothing unprotected is believed any more.
  void retireInitialEpoch() {
    if (readable.getFirst().number() == 0) {
      readable.removeFirst();
    }
  }

  /// Forgets the keys of handshake messages of version 1.3, when none of them can come again.
  void retireHandshakeEpoch() {
    readable.removeIf(epoch -> epoch.number() < FIRST_APPLICATION_EPOCH);
    forgetOldWriting();
  }

  /// Nothing of earlier epochs has to be sent again.
  void forgetOldWriting() {
    writable.removeIf(epoch -> epoch != writing);
  }

  /// The peer writes with new keys: of application data only these and the ones before are read,
  /// RFC 9147 §8.
  private void retireReadingBefore(int number) {
    if (number > FIRST_APPLICATION_EPOCH && readable.getFirst().number() < number - 1) {
      readable.removeIf(epoch -> epoch.number() < number - 1);
    }
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

  /// The peer's record_size_limit, RFC 8449 §4, as bytes of content.
  void limitSending(int bytes) {
    sendLimit = Math.min(bytes, RecordHeader.MAX_PLAINTEXT);
  }

  int sendLimit() {
    return sendLimit;
  }

  /// Unprotected records have no limit but that of all, RFC 8449 §4.
  int sendLimit(int epoch) {
    return epoch == 0 ? RecordHeader.MAX_PLAINTEXT : sendLimit;
  }

  /// Bytes that a record takes beyond its content, in the current epoch.
  int overhead() {
    return writing.protection().overhead();
  }

  int overhead(int epoch) {
    return writeEpoch(epoch).protection().overhead();
  }

  boolean isExhausted() {
    return writing.isExhausted();
  }

  /// The epoch written with.
  WriteEpoch writing() {
    return writing;
  }

  /// The number of the record in epoch 0 handled last.
  long lastInitialSequence() {
    return lastInitialSequence;
  }

  /// The sequence number of the record being handled.
  long currentSequence() {
    return currentSequence;
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

  /// The sequence number that the next record of an epoch gets.
  long nextSequence(int epoch) {
    return writeEpoch(epoch).nextSequence();
  }

  private int seal(
      WriteEpoch epoch, int type, byte[] data, int offset, int length, byte[] out, int outOffset) {
    statistics.recordsSent++;
    return epoch
        .protection()
        .seal(type, epoch.number(), epoch.takeSequence(), data, offset, length, out, outOffset);
  }
}
