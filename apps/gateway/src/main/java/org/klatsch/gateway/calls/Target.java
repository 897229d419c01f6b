package org.klatsch.gateway.calls;

import org.klatsch.gateway.config.Trunk;
import org.klatsch.gateway.location.Binding;
import org.klatsch.sip.SipUri;

/// Somebody to be called.
public sealed interface Target {
  /// A registered browser or telephone.
  record Registered(Binding binding) implements Target {}

  /// A number at a trunk.
  ///
  /// @param uri what is asked for there
  record Outside(Trunk trunk, SipUri uri) implements Target {}
}
