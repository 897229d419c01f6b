package org.klatsch.webrtc;

import java.util.ArrayList;
import java.util.List;

/// Wishes for a track in the order of their weight, Media Capture and Streams §4.3.5: the basic set
/// must be fulfilled where it says so, then each of the advanced sets is followed if all of it can
/// be.
public record MediaTrackConstraints(
    MediaTrackConstraintSet basic, List<MediaTrackConstraintSet> advanced) {
  public MediaTrackConstraints {
    advanced = List.copyOf(advanced);
  }

  public MediaTrackConstraints() {
    this(new MediaTrackConstraintSet(), List.of());
  }

  public MediaTrackConstraints(MediaTrackConstraintSet basic) {
    this(basic, List.of());
  }

  /// A copy with one more advanced set.
  public MediaTrackConstraints withAdvanced(MediaTrackConstraintSet set) {
    List<MediaTrackConstraintSet> sets = new ArrayList<>(advanced);
    sets.add(set);
    return new MediaTrackConstraints(basic, sets);
  }
}
