package org.klatsch.ice;

/// How far the gathering of local candidates is, as the W3C's `RTCIceGathererState`.
public enum GatheringState {
  NEW,
  GATHERING,
  COMPLETE
}
