/// Algorithms over RTP: jitter buffer, retransmission, error correction, pacing, bandwidth
/// estimation.
module org.klatsch.media {
  requires static org.jspecify;
  requires transitive org.klatsch.rtp;

  exports org.klatsch.media;
  exports org.klatsch.media.audio;
  exports org.klatsch.media.forwarding;
}
