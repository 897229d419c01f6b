package org.klatsch.webrtc;

import org.jspecify.annotations.Nullable;

/// Options of an offer, W3C WebRTC §4.2.7 and §4.4.3.1.
///
/// @param offerToReceiveAudio true adds a transceiver that receives if there is none, false ends
///   receiving; null: as the transceivers say
/// @param offerToReceiveVideo the same
public record RTCOfferOptions(
    boolean iceRestart,
    @Nullable Boolean offerToReceiveAudio,
    @Nullable Boolean offerToReceiveVideo) {
  public RTCOfferOptions() {
    this(false);
  }

  public RTCOfferOptions(boolean iceRestart) {
    this(iceRestart, null, null);
  }

  public RTCOfferOptions withIceRestart(boolean value) {
    return new RTCOfferOptions(value, offerToReceiveAudio, offerToReceiveVideo);
  }

  public RTCOfferOptions withOfferToReceiveAudio(@Nullable Boolean value) {
    return new RTCOfferOptions(iceRestart, value, offerToReceiveVideo);
  }

  public RTCOfferOptions withOfferToReceiveVideo(@Nullable Boolean value) {
    return new RTCOfferOptions(iceRestart, offerToReceiveAudio, value);
  }
}
