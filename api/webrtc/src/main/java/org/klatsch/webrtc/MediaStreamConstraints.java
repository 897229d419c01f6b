package org.klatsch.webrtc;

import org.jspecify.annotations.Nullable;

/// Which tracks are wanted, Media Capture and Streams §9.2. Null: none of the kind.
public record MediaStreamConstraints(
    @Nullable MediaTrackConstraints audio, @Nullable MediaTrackConstraints video) {
  public MediaStreamConstraints() {
    this(null, null);
  }

  public MediaStreamConstraints withAudio(boolean wanted) {
    return new MediaStreamConstraints(wanted ? new MediaTrackConstraints() : null, video);
  }

  public MediaStreamConstraints withAudio(MediaTrackConstraints constraints) {
    return new MediaStreamConstraints(constraints, video);
  }

  public MediaStreamConstraints withAudio(MediaTrackConstraintSet constraints) {
    return withAudio(new MediaTrackConstraints(constraints));
  }

  public MediaStreamConstraints withVideo(boolean wanted) {
    return new MediaStreamConstraints(audio, wanted ? new MediaTrackConstraints() : null);
  }

  public MediaStreamConstraints withVideo(MediaTrackConstraints constraints) {
    return new MediaStreamConstraints(audio, constraints);
  }

  public MediaStreamConstraints withVideo(MediaTrackConstraintSet constraints) {
    return withVideo(new MediaTrackConstraints(constraints));
  }
}
