package org.klatsch.gateway.config;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.klatsch.media.RtpCodec;

/// A PBX or provider that calls go to and come from.
///
/// @param name for routes and CDRs
/// @param uri where it is: `sip:pbx.example.org;transport=tcp`. A user part replaces the number
/// @param user for digest authentication, null for none
/// @param password of the user
/// @param register whether we register there
/// @param codecs to offer, best first
/// @param srtp whether media are protected
/// @param dtmf how keys are sent to it
/// @param nat whether it may send media from another host than it says
/// @param failOver status codes after which the route's next trunk is tried
/// @param check how often OPTIONS asks whether it lives; zero for never
public record Trunk(
    String name,
    String uri,
    @Nullable String user,
    @Nullable String password,
    boolean register,
    List<RtpCodec> codecs,
    SrtpMode srtp,
    DtmfMode dtmf,
    boolean nat,
    List<Integer> failOver,
    Duration check) {
  /// What another trunk may do better: it is not there (408, 503), or broken or full (500, 502,
  /// 504).
  public static final List<Integer> FAIL_OVER = List.of(408, 500, 502, 503, 504);

  public Trunk {
    codecs = List.copyOf(codecs);
    failOver = List.copyOf(failOver);
  }

  /// Nothing but an address.
  public static Trunk of(String name, String uri, List<RtpCodec> codecs) {
    return new Trunk(
        name,
        uri,
        null,
        null,
        false,
        codecs,
        SrtpMode.OFF,
        DtmfMode.RFC4733,
        false,
        FAIL_OVER,
        Duration.ZERO);
  }

  @Override
  public String toString() {
    return name;
  }
}
