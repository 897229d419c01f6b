package org.klatsch.sip;

/// A message on its way out. The transport writes it and changes nothing in it.
public record Outgoing(Flow flow, SipMessage message) {}
