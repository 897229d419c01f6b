package org.klatsch.webrtc;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.klatsch.codecs.PcmFormat;
import org.klatsch.media.RtpCodec;

/// The media of a peer.
final class RemoteSource extends TrackSource {
  private final RTCRtpReceiver receiver;

  RemoteSource(RTCRtpReceiver receiver, String kind, TaskList tasks) {
    super(kind, "remote " + kind, tasks);
    this.receiver = receiver;
  }

  @Override
  boolean givesEncoded() {
    return true;
  }

  @Override
  @Nullable RtpCodec encodedCodec() {
    return receiver.codec();
  }

  @Override
  Object clockDomain() {
    return receiver.connection();
  }

  @Override
  void requestKeyFrame() {
    receiver.requestKeyFrame();
  }

  @Override
  void demandUpdated() {
    receiver.listen(isDemanded(false), demandedRate());
  }

  @Override
  Map<String, Object> capabilities() {
    return Map.of();
  }

  @Override
  Map<String, Object> settings() {
    Map<String, Object> settings = new HashMap<>();
    PcmFormat pcm = receiver.pcm();
    if (pcm != null) {
      settings.put("sampleRate", pcm.rateHz());
      settings.put("channelCount", pcm.channels());
    }
    return settings;
  }
}
