package org.klatsch.gateway.calls;

import java.net.UnknownHostException;
import java.security.SecureRandom;
import org.jspecify.annotations.Nullable;
import org.klatsch.gateway.config.Trunk;
import org.klatsch.gateway.transport.SipTransports;
import org.klatsch.sip.Flow;
import org.klatsch.sip.NameAddr;
import org.klatsch.sip.Parameters;
import org.klatsch.sip.SipUri;
import org.klatsch.sip.Tokens;
import org.klatsch.sip.auth.DigestClient;

/// Makes the legs of those who are to be called.
final class LegFactory {
  private final SipTransports transports;
  private final Tokens tokens;

  LegFactory(SipTransports transports, Tokens tokens) {
    this.transports = transports;
    this.tokens = tokens;
  }

  /// What the far end of a flow shall send its requests to.
  NameAddr contact(Flow flow) {
    return NameAddr.of(
        SipUri.of("klatsch", transports.sentBy(flow)).withTransport(flow.transport()));
  }

  /// A leg to a target.
  ///
  /// @param identity who is shown to be calling
  SipLeg to(Target target, SipLeg identity) throws UnknownHostException {
    return switch (target) {
      case Target.Registered(var binding) ->
          leg(
              binding.flow(),
              null,
              (SipUri) binding.contact().uri(),
              identity,
              binding.flow().transport().isWebSocket());
      case Target.Outside(Trunk trunk, SipUri uri) -> {
        SipLeg leg = leg(transports.resolve(uri), trunk, uri.withoutHeaders(), identity, false);
        if (trunk.user() != null && trunk.password() != null) {
          leg.digest = new DigestClient(trunk.user(), trunk.password(), new SecureRandom());
        }
        yield leg;
      }
    };
  }

  private SipLeg leg(
      Flow flow, @Nullable Trunk trunk, SipUri target, SipLeg identity, boolean browser) {
    String user = identity.remote.uri().userText();
    SipUri uri = SipUri.of(user.isEmpty() ? "anonymous" : user, transports.sentBy(flow));
    NameAddr from =
        new NameAddr(identity.remote.displayName(), uri, Parameters.NONE).withTag(tokens.tag());
    return new SipLeg(
        tokens.callId(),
        browser,
        trunk,
        flow,
        contact(flow),
        from,
        NameAddr.of(target),
        target,
        tokens.cseq());
  }
}
