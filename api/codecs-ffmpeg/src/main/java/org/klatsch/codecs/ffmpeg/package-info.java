/// Video codecs of the ffmpeg libraries behind `klatsch-codecs`: libvpx for VP8 and VP9, OpenH264
/// and ffmpeg's own decoder for H.264, libaom for AV1. Found by `java.util.ServiceLoader`; without
/// the libraries of the running platform it offers nothing.
///
/// None of the wrapped encoders can change its bitrate while it runs. So an encoder here keeps
/// close to its target by dropping pictures, and starts anew, with a key frame, when the target has
/// moved far.
@NullMarked
package org.klatsch.codecs.ffmpeg;

import org.jspecify.annotations.NullMarked;
