package org.klatsch.dtls;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.klatsch.sansio.MalformedPacketException;
import org.klatsch.sansio.PacketReader;
import org.klatsch.sansio.PacketWriter;

/// Content of the use_srtp extension, RFC 5764 §4.1.1:
///
/// ```
/// struct {
///   SRTPProtectionProfile SRTPProtectionProfiles<2..2^16-1>;
///   opaque srtp_mki<0..255>;
/// } UseSRTPData;
/// ```
///
/// @param profiles as on the wire; codes we do not know stay in
record UseSrtp(List<Integer> profiles, byte[] mki) {
  private static final byte[] NO_MKI = {};

  /// An offer or answer without MKI; we never use one.
  static UseSrtp of(List<SrtpProfile> profiles) {
    return new UseSrtp(profiles.stream().map(SrtpProfile::code).toList(), NO_MKI);
  }

  static @Nullable UseSrtp parse(Extensions extensions) throws MalformedPacketException {
    PacketReader in = extensions.reader(Extensions.USE_SRTP);
    if (in == null) {
      return null;
    }
    PacketReader list = in.slice(in.u16());
    List<Integer> profiles = new ArrayList<>();
    while (list.hasRemaining()) {
      profiles.add(list.u16());
    }
    byte[] mki = in.bytes(in.u8());
    Extensions.requireEnd(in);
    return new UseSrtp(profiles, mki);
  }

  byte[] encode() {
    PacketWriter out = new PacketWriter(3 + 2 * profiles.size() + mki.length);
    out.u16(2 * profiles.size());
    profiles.forEach(out::u16);
    return out.u8(mki.length).bytes(mki).toByteArray();
  }
}
