package org.klatsch.sip;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// How long a session lives without refresh, and who refreshes, RFC 4028 §4.
///
/// @param refresher null while it is left open
public record SessionExpires(long seconds, @Nullable Refresher refresher, Parameters parameters) {
  /// The side that refreshes, by its role in the transaction that carries the header.
  public enum Refresher {
    UAC,
    UAS
  }

  public static SessionExpires of(long seconds, @Nullable Refresher refresher) {
    return new SessionExpires(seconds, refresher, Parameters.NONE);
  }

  static SessionExpires parse(Scanner in) throws MalformedSipException {
    long seconds = in.number(0xffff_ffffL);
    Parameters parameters = in.parameters();
    String name = parameters.value("refresher");
    Refresher refresher = null;
    if (name != null && name.equalsIgnoreCase("uac")) {
      refresher = Refresher.UAC;
    } else if (name != null && name.equalsIgnoreCase("uas")) {
      refresher = Refresher.UAS;
    }
    return new SessionExpires(seconds, refresher, parameters.without("refresher"));
  }

  @Override
  public String toString() {
    StringBuilder out = new StringBuilder().append(seconds);
    if (refresher != null) {
      out.append(";refresher=").append(refresher.name().toLowerCase(Locale.ROOT));
    }
    parameters.appendTo(out);
    return out.toString();
  }
}
