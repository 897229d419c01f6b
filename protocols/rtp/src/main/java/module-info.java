/// RTP and RTCP packets, header extensions and payload formats (RFC 3550, 8285, 4585 and others).
module org.klatsch.rtp {
  requires static org.jspecify;
  requires transitive org.klatsch.sansio;

  exports org.klatsch.rtp;
  exports org.klatsch.rtp.fec;
  exports org.klatsch.rtp.payload;
  exports org.klatsch.rtp.rtcp;
}
