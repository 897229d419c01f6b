package org.klatsch.srtp;

import org.jspecify.annotations.Nullable;
import org.klatsch.sansio.MalformedPacketException;
import org.klatsch.sansio.PacketReader;
import org.klatsch.sansio.PacketWriter;

/// The exported form of an [SrtpContext]. All numbers big-endian:
///
/// ```text
/// u8 version (1), u8 suite, u8 direction (1 outbound), master key, master salt,
/// u32 number of streams, then of each: u32 SSRC, window of SRTP, window of SRTCP
/// window: i64 highest index (-1 none); unless none: u16 n, then n words of 64 bits, newest first
/// ```
final class SrtpState {
  private static final int VERSION = 1;

  /// How far SRTCP indices jump at an import: an hour of three packets a second.
  private static final long RTCP_JUMP = 10_000;

  private static final int STREAM_BOUND = 4 + 2 * (8 + 2);

  private SrtpState() {}

  static byte[] save(SrtpContext context) {
    SrtpSuite suite = context.suite();
    int words = 0;
    for (SrtpStream stream : context.table().slots()) {
      words += stream == null ? 0 : stream.rtp.words() + stream.rtcp.words();
    }
    PacketWriter out =
        new PacketWriter(
            7
                + suite.keyLength()
                + suite.saltLength()
                + context.streams() * STREAM_BOUND
                + words * Long.BYTES);
    out.u8(VERSION).u8(suite.ordinal()).u8(context.isOutbound() ? 1 : 0);
    out.bytes(context.masterKey()).bytes(context.masterSalt()).u32(context.streams());
    for (SrtpStream stream : context.table().slots()) {
      if (stream != null) {
        out.u32(stream.ssrc);
        save(stream.rtp, out);
        save(stream.rtcp, out);
      }
    }
    return out.toByteArray();
  }

  private static void save(ReplayWindow window, PacketWriter out) {
    out.u64(window.highest());
    if (window.highest() != ReplayWindow.NONE) {
      out.u16(window.words());
      for (int i = 0; i < window.words(); i++) {
        out.u64(window.wordBehind(i));
      }
    }
  }

  static SrtpContext restore(byte[] state, SrtpOptions options) {
    try {
      return restore(new PacketReader(state), options);
    } catch (MalformedPacketException e) {
      throw new IllegalArgumentException("not an exported SRTP state: " + e.getMessage(), e);
    }
  }

  private static SrtpContext restore(PacketReader in, SrtpOptions options)
      throws MalformedPacketException {
    int version = in.u8();
    int code = in.u8();
    int direction = in.u8();
    SrtpSuite suite = suite(code);
    if (version != VERSION || suite == null || direction > 1) {
      throw new MalformedPacketException(
          "version "
              + version
              + ", suite "
              + code
              + ", direction "
              + direction
              + ", expected version "
              + VERSION);
    }
    boolean outbound = direction == 1;
    SrtpContext context =
        SrtpContext.create(
            suite, outbound, in.bytes(suite.keyLength()), in.bytes(suite.saltLength()), options);
    long count = in.u32();
    if (count > options.maxStreams()) {
      throw new MalformedPacketException(
          count + " streams, expected at most " + options.maxStreams());
    }
    for (long i = 0; i < count; i++) {
      SrtpStream stream = new SrtpStream(in.i32(), options.replayWindow());
      if (context.table().find(stream.ssrc) != null) {
        throw new MalformedPacketException("SSRC " + stream.ssrc + " twice");
      }
      restore(stream.rtp, in);
      restore(stream.rtcp, in);
      if (outbound && stream.rtcp.highest() != ReplayWindow.NONE) {
        stream.rtcp.startBehind(stream.rtcp.highest() + RTCP_JUMP);
      }
      context.table().add(stream);
    }
    if (in.hasRemaining()) {
      throw new MalformedPacketException(in.remaining() + " bytes too many");
    }
    return context;
  }

  private static void restore(ReplayWindow window, PacketReader in)
      throws MalformedPacketException {
    long highest = in.i64();
    if (highest < ReplayWindow.NONE || highest >>> 48 != 0 && highest != ReplayWindow.NONE) {
      throw new MalformedPacketException("index " + highest + ", expected one of 48 bits");
    }
    window.startBehind(highest);
    if (highest == ReplayWindow.NONE) {
      return;
    }
    int words = in.u16();
    for (int i = 0; i < words; i++) {
      long word = in.i64();
      // A smaller window than the exporter's keeps the newest; a larger one holds what is older
      // than the exporter knew for seen.
      if (i < window.words()) {
        window.wordBehind(i, word);
      }
    }
  }

  private static @Nullable SrtpSuite suite(int code) {
    SrtpSuite[] all = SrtpSuite.values();
    return code < all.length ? all[code] : null;
  }
}
