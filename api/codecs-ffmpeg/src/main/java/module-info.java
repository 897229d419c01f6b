/// VP8, VP9, H.264 and AV1 through the ffmpeg libraries.
module org.klatsch.codecs.ffmpeg {
  requires static org.jspecify;
  requires transitive org.klatsch.codecs;
  requires org.bytedeco.javacpp;
  requires org.bytedeco.ffmpeg;

  provides org.klatsch.codecs.CodecProvider with
      org.klatsch.codecs.ffmpeg.FfmpegCodecs;
  provides org.klatsch.codecs.device.DeviceProvider with
      org.klatsch.codecs.ffmpeg.Cameras;
}
