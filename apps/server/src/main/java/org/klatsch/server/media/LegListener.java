package org.klatsch.server.media;

import org.klatsch.media.MediaEvent;
import org.klatsch.sctp.dcep.DataChannelEvent;

/// Whoever a [Leg] belongs to. Called on the leg's loop, so it must not block.
public interface LegListener {
  /// The peer's offer is set and the answer not yet made: the time to say with [Leg#jsep] what is
  /// sent, received and preferred.
  ///
  /// @throws LegRefusedException to refuse the offer; the leg then stays as it was
  default void offered(Leg leg) throws LegRefusedException {}

  /// An exchange is complete: senders and receivers are those of [Leg#sender] and [Leg#receiver].
  default void negotiated(Leg leg) {}

  /// A candidate of ours, for peers that are told of them one by one; those of the shared port are
  /// in the description already.
  default void gathered(Leg leg, String mid, String candidate) {}

  /// A state was reached; none follows an end.
  default void stateChanged(Leg leg, LegState state) {}

  /// Frames, requests for key frames, tones, reports.
  default void media(Leg leg, MediaEvent event) {}

  /// Data channels and their messages.
  default void channels(Leg leg, DataChannelEvent event) {}
}
