package org.klatsch.webrtc;

import org.klatsch.codecs.device.AudioOutput;

/// A loudspeaker that users can choose.
record Speaker(String id, String group, String label, AudioOutput output) {}
