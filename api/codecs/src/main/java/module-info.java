/// Codec interface, G.711, G.722, resampling, tones, voice activity and containers.
module org.klatsch.codecs {
  requires static org.jspecify;
  requires transitive org.klatsch.media;

  exports org.klatsch.codecs;
  exports org.klatsch.codecs.audio;
  exports org.klatsch.codecs.container;
  exports org.klatsch.codecs.device;
  exports org.klatsch.codecs.fake;
  exports org.klatsch.codecs.recorder;
  exports org.klatsch.codecs.video;

  uses org.klatsch.codecs.CodecProvider;
  uses org.klatsch.codecs.device.DeviceProvider;

  provides org.klatsch.codecs.CodecProvider with
      org.klatsch.codecs.BuiltInCodecs;
}
