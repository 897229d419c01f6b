package org.klatsch.codecs.device;

/// Something that gives or takes media. Used by any thread.
public sealed interface MediaDevice permits AudioInput, AudioOutput, VideoInput {
  /// The system's own name for it, the same after a restart where the system can tell. It may be a
  /// serial number: applications are shown a hash of it.
  String id();

  /// The same for the devices of one piece of hardware.
  String group();

  /// Its name for people.
  String label();
}
