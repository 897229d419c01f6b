package org.klatsch.gateway.config;

import java.util.List;

/// Where a dialled number goes.
///
/// @param match which numbers
/// @param strip how many characters are taken from the front of the number
/// @param prefix what is then put there
/// @param trunks tried in this order, by name
/// @param record whether calls are recorded
public record Route(
    NumberPattern match, int strip, String prefix, List<String> trunks, boolean record) {
  public Route {
    trunks = List.copyOf(trunks);
    if (strip < 0) {
      throw new IllegalArgumentException("strip " + strip + ", expected 0 or more");
    }
  }

  /// The number that the trunk is asked for.
  public String rewritten(String number) {
    return prefix + number.substring(Math.min(strip, number.length()));
  }
}
