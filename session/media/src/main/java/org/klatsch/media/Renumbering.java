package org.klatsch.media;

/// The numbers that a forwarded packet has in the stream it is sent in.
public interface Renumbering {
  int sequenceNumber();

  int timestamp();

  /// The number of the picture, where the payload has one.
  int pictureId();

  /// The number of the picture of the lowest temporal layer, where the payload has one.
  int basePictureId();

  /// Whether the packet is the last of its picture.
  boolean marker();
}
