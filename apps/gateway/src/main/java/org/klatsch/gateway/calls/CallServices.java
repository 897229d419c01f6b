package org.klatsch.gateway.calls;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.klatsch.codecs.Codecs;
import org.klatsch.gateway.config.SipSettings;
import org.klatsch.gateway.media.Announcement;
import org.klatsch.gateway.media.BrowserLeg;
import org.klatsch.gateway.media.RtpPorts;
import org.klatsch.gateway.transport.SipTransports;
import org.klatsch.net.NetworkDriver;
import org.klatsch.sip.Flow;
import org.klatsch.sip.SipRequest;
import org.klatsch.sip.SipUri;

/// What calls need of the gateway. Thread-safe.
public interface CallServices {
  SipSettings settings();

  SipTransports transports();

  NetworkDriver network();

  Codecs codecs();

  RtpPorts ports();

  BrowserLeg.Options browsers();

  /// Null for silence.
  @Nullable Announcement musicOnHold();

  /// Where recordings go.
  Path recordings();

  /// Who a caller is; null for a stranger, who may call only registered users.
  @Nullable Caller caller(Flow flow, SipRequest request);

  /// Whom a caller reaches by a URI: groups that are tried one after the other, the members of each
  /// at once.
  ///
  /// @return null when nobody has the name; empty when nobody is there at present
  @Nullable Destination destination(@Nullable Caller caller, SipUri uri);

  /// Messages of this Call-ID belong to a call from now on.
  void join(String callId, CallSession call);

  /// They belong to it no longer.
  void leave(String callId, CallSession call);

  /// The call that has a Call-ID, or null.
  @Nullable CallSession call(String callId);

  /// Keeps what is to be known of a call that has ended.
  void ended(CallRecord call);

  /// @param address `user@domain` of a registered user, or the trunk's name
  /// @param trunk null for users
  record Caller(String address, org.klatsch.gateway.config.@Nullable Trunk trunk) {}

  /// @param groups tried in this order
  /// @param record whether the call is recorded
  record Destination(List<List<Target>> groups, boolean record) {
    public Destination {
      groups = List.copyOf(groups);
    }
  }
}
