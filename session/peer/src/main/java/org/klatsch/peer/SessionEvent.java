package org.klatsch.peer;

import java.security.cert.X509Certificate;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.klatsch.dtls.CloseCause;
import org.klatsch.ice.IceEvent;
import org.klatsch.media.MediaEvent;
import org.klatsch.sansio.Work;
import org.klatsch.sctp.dcep.DataChannel;
import org.klatsch.sctp.dcep.DataChannelEvent;

/// What a [Session] tells the layer above, in order.
public sealed interface SessionEvent {
  /// From the ICE agent: candidates, states, pairs, names to be resolved.
  record Ice(IceEvent event) implements SessionEvent {}

  /// The DTLS connection changed its state.
  ///
  /// @param cause why it ended; null for the states of a living connection
  /// @param peerCertificates the peer's chain, its own certificate first; empty until connected
  record DtlsStateChanged(
      DtlsState state, @Nullable CloseCause cause, List<X509Certificate> peerCertificates)
      implements SessionEvent {
    public DtlsStateChanged {
      peerCertificates = List.copyOf(peerCertificates);
    }
  }

  /// A computation to run on any thread, then to be given back by [Session#handleWorkDone].
  record WorkRequested(Work work) implements SessionEvent {}

  /// From the data channels.
  record Channels(DataChannelEvent event) implements SessionEvent {}

  /// From the media.
  record Media(MediaEvent event) implements SessionEvent {}

  /// Bytes of a channel's messages were handed to the network or given up since the last such
  /// event.
  record BytesSent(DataChannel channel, long bytes) implements SessionEvent {}

  /// The session is over and has said its last words. The last event.
  record Closed() implements SessionEvent {}
}
