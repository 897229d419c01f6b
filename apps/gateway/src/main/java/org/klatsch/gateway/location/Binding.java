package org.klatsch.gateway.location;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.klatsch.sip.Flow;
import org.klatsch.sip.NameAddr;

/// A device at which an address can be reached.
///
/// @param address `user@domain`
/// @param contact as registered; its host may be `.invalid`, so nothing is resolved from it
/// @param flow where requests go, RFC 5626 §5.3
/// @param callId of the REGISTER
/// @param sequence CSeq of the REGISTER, which only grows
/// @param expires nanoseconds of the program's clock
public record Binding(
    String address, NameAddr contact, Flow flow, String callId, long sequence, long expires) {
  /// The device, RFC 5626 §4.1; null for one that does not say.
  public @Nullable String instance() {
    return contact.parameters().value("+sip.instance");
  }

  /// Whether another binding is to take the place of this one: the same contact, the same flow of
  /// the same device (RFC 5626 §6), or the same connection.
  boolean isReplacedBy(Binding other) {
    String registration = contact.parameters().value("reg-id");
    return contact.uri().equals(other.contact.uri())
        || flow.isSame(other.flow)
        || registration != null
            && registration.equals(other.contact.parameters().value("reg-id"))
            && instance() != null
            && Objects.equals(instance(), other.instance());
  }
}
