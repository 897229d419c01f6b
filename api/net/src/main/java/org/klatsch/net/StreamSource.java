package org.klatsch.net;

import org.klatsch.sansio.TransportAddress;

/// Where streams of a core come from.
sealed interface StreamSource permits ActiveStreams, StreamListener {
  /// The address that packets of all these streams are told to come to.
  TransportAddress local();

  /// No more of them; those that there are stay.
  void close();
}
