package org.klatsch.net;

import java.io.IOException;
import java.util.List;

/// Which addresses of this machine are used: what the filter lets through, of that what the mode of
/// RFC 8828 takes, and loopback where there is nothing else.
///
/// @param handling the mode
/// @param filter allowed and denied interfaces and addresses
public record AddressPolicy(IpHandling handling, InterfaceFilter filter) {
  /// Every usable address, RFC 8828 §5.2 mode 1.
  public static AddressPolicy all(InterfaceFilter filter) {
    return new AddressPolicy(IpHandling.ALL_ADDRESSES, filter);
  }

  /// The addresses there are now, those of the default route first.
  public List<LocalAddress> addresses() throws IOException {
    return LocalInterfaces.list(this);
  }

  /// The same with loopback addresses beside the others, for what stays on this machine.
  public AddressPolicy withLoopback() {
    return new AddressPolicy(handling, filter.withLoopback(true));
  }
}
