package org.klatsch.dtls;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.klatsch.sansio.MalformedPacketException;

/// Extensions that a server answers in the same way under all versions, only in another message:
/// use_srtp and ALPN. Both ends of each.
final class ExtensionAnswers {
  private ExtensionAnswers() {}

  /// A server's choice of a profile; null when there is no common one.
  static @Nullable SrtpProfile chooseProfile(DtlsOptions options, Extensions offered)
      throws MalformedPacketException {
    UseSrtp offer = UseSrtp.parse(offered);
    if (offer != null) {
      for (SrtpProfile ours : options.srtpProfiles()) {
        if (offer.profiles().contains(ours.code())) {
          return ours;
        }
      }
    }
    return null;
  }

  /// A server's choice of a protocol; null when there is no common one.
  // Deviates from RFC 7301 §3.2: no common protocol is no error, because RFC 8833 §2 wants WebRTC
  // endpoints to live with peers that do without.
  static @Nullable String chooseProtocol(DtlsOptions options, Extensions offered)
      throws MalformedPacketException {
    List<String> protocols = offered.applicationProtocols();
    for (String ours : options.applicationProtocols()) {
      if (protocols.contains(ours)) {
        return ours;
      }
    }
    return null;
  }

  /// Puts both choices into an answer.
  static void put(Extensions answer, @Nullable SrtpProfile profile, @Nullable String protocol) {
    if (profile != null) {
      answer.put(Extensions.USE_SRTP, UseSrtp.of(List.of(profile)).encode());
    }
    if (protocol != null) {
      answer.putApplicationProtocols(List.of(protocol));
    }
  }

  /// What a client finds chosen; null for nothing. RFC 5764 §4.1.1: exactly one of the offered
  /// profiles, and no MKI as we offered none.
  static @Nullable SrtpProfile profile(DtlsOptions options, Extensions answered)
      throws MalformedPacketException {
    UseSrtp answer = UseSrtp.parse(answered);
    if (answer == null) {
      return null;
    }
    SrtpProfile profile =
        answer.profiles().size() == 1 ? SrtpProfile.ofCode(answer.profiles().getFirst()) : null;
    if (profile == null || !options.srtpProfiles().contains(profile) || answer.mki().length != 0) {
      throw DtlsException.fatal(
          AlertDescription.ILLEGAL_PARAMETER,
          "use_srtp answer "
              + answer.profiles()
              + " with an MKI of "
              + answer.mki().length
              + " bytes is not what was offered");
    }
    return profile;
  }

  /// What a client finds chosen; null for nothing.
  static @Nullable String protocol(DtlsOptions options, Extensions answered)
      throws MalformedPacketException {
    if (!answered.has(Extensions.APPLICATION_PROTOCOLS)) {
      return null;
    }
    List<String> protocols = answered.applicationProtocols();
    if (protocols.size() != 1 || !options.applicationProtocols().contains(protocols.getFirst())) {
      throw DtlsException.fatal(
          AlertDescription.ILLEGAL_PARAMETER, "ALPN answer " + protocols + " was not offered");
    }
    return protocols.getFirst();
  }
}
