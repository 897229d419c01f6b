package org.klatsch.gateway.media;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.klatsch.codecs.AudioDecoder;
import org.klatsch.codecs.PcmFormat;
import org.klatsch.codecs.audio.DtmfDetector;
import org.klatsch.codecs.audio.DtmfDigit;
import org.klatsch.media.EncodedAudioFrame;
import org.klatsch.media.RtpCodec;
import org.klatsch.net.EventLoop;

/// Joins two legs: frames are relayed as they are where both have the codec, else transcoded. Music
/// and keys are put in their place where wanted. Both legs live on the loop of the bridge.
///
/// Any thread may call the public methods, except within a listener.
public final class Bridge implements AutoCloseable {
  /// What a call wants to know. Called on the loop.
  public interface Listener {
    /// A key was pressed.
    ///
    /// @param side 0 or 1: at which leg
    void tone(int side, char tone, int durationMillis);

    /// Media of a leg can flow.
    void connected(int side);

    /// A leg lost its path for good.
    void failed(int side, String reason);
  }

  private final EventLoop loop;
  private final org.klatsch.codecs.Codecs codecs;
  private final Listener listener;
  private final Way[] ways;
  private volatile @Nullable CallRecording recording;

  /// All that comes from one leg and goes to the other.
  private final class Way implements AudioLeg.Listener {
    final int side;
    final AudioLeg from;
    final Outlet outlet;
    final Player player;
    final SerialWork work = new SerialWork();
    boolean silenced;
    boolean transcoded;
    @Nullable InBand inBand;

    /// Both belong to the work queue.
    @Nullable Transcoder transcoder;

    @Nullable String transcodes;

    Way(int side, AudioLeg from, AudioLeg to) {
      this.side = side;
      this.from = from;
      this.outlet = new Outlet(to);
      this.player = new Player(outlet);
    }

    @Override
    public void frame(long now, EncodedAudioFrame frame) {
      CallRecording file = recording;
      if (file != null) {
        file.take(side, frame);
      }
      InBand detector = inBand;
      if (detector != null) {
        detector.take(frame);
      }
      if (silenced || player.isPlaying()) {
        return;
      }
      AudioLeg to = outlet.leg();
      RtpCodec same = to.same(frame.codec());
      if (same != null) {
        Object source = frame.origin() == null ? this : Integer.valueOf(frame.origin().ssrc());
        outlet.send(now, source, same, frame);
      } else if (frame.codec().isMedia() && !to.codecs().isEmpty()) {
        transcode(frame, to.codecs().getFirst());
      }
    }

    private void transcode(EncodedAudioFrame frame, RtpCodec into) {
      transcoded = true;
      work.execute(() -> {
        String pair = frame.codec().mimeType() + " " + into.mimeType();
        Transcoder current = transcoder;
        if (current == null || !pair.equals(transcodes)) {
          if (current != null) {
            current.close();
          }
          current = new Transcoder(codecs, frame.codec(), into);
          transcoder = current;
          transcodes = pair;
        }
        Object source = current;
        List<EncodedAudioFrame> out = current.take(frame);
        if (!out.isEmpty()) {
          loop.execute(() -> {
            if (!silenced && !player.isPlaying()) {
              out.forEach(each -> outlet.send(loop.now(), source, into, each));
            }
          });
        }
      });
    }

    @Override
    public void tone(char tone, int durationMillis) {
      listener.tone(side, tone, durationMillis);
    }

    @Override
    public void connected() {
      listener.connected(side);
    }

    @Override
    public void failed(String reason) {
      listener.failed(side, reason);
    }

    void close() {
      player.stop();
      InBand detector = inBand;
      inBand = null;
      work.execute(() -> {
        Transcoder current = transcoder;
        if (current != null) {
          current.close();
        }
        if (detector != null) {
          detector.close();
        }
      });
    }
  }

  /// Listens for keys in the audio of a leg. Lives in the work queue.
  private final class InBand {
    private static final int RATE = 8000;

    private final Way way;
    private final DtmfDetector detector;
    private @Nullable AudioDecoder decoder;
    private @Nullable String decodes;
    private short[] pcm = new short[0];

    InBand(Way way) {
      this.way = way;
      this.detector =
          new DtmfDetector(
              RATE,
              new DtmfDetector.Listener() {
                @Override
                public void digitStarted(DtmfDigit digit) {}

                @Override
                public void digitEnded(DtmfDigit digit, int milliseconds) {
                  loop.execute(() -> way.tone(digit.symbol(), milliseconds));
                }
              });
    }

    void take(EncodedAudioFrame frame) {
      // Other codecs distort tones, and whoever has them has telephone events as well.
      if (frame.codec().is("pcmu") || frame.codec().is("pcma")) {
        way.work.execute(() -> decode(frame));
      }
    }

    private void decode(EncodedAudioFrame frame) {
      AudioDecoder current = decoder;
      if (current == null || !frame.codec().mimeType().equals(decodes)) {
        current = codecs.audioDecoder(Codecs.format(frame.codec()), new PcmFormat(RATE, 1));
        decoder = current;
        decodes = frame.codec().mimeType();
        pcm = new short[current.maxFrames()];
      }
      int frames = current.decode(frame.payload(), 0, frame.payload().length, pcm, 0);
      detector.detect(pcm, 0, frames);
    }

    void close() {
      AudioDecoder current = decoder;
      if (current != null) {
        current.close();
      }
    }
  }

  /// Joins two legs of one loop; frames flow as soon as both can.
  public Bridge(
      org.klatsch.codecs.Codecs codecs, AudioLeg first, AudioLeg second, Listener listener) {
    if (first.loop() != second.loop()) {
      throw new IllegalArgumentException("legs on two loops, expected one");
    }
    this.loop = first.loop();
    this.codecs = codecs;
    this.listener = listener;
    this.ways = new Way[] {new Way(0, first, second), new Way(1, second, first)};
    loop.execute(() -> {
      first.listener(ways[0]);
      second.listener(ways[1]);
    });
  }

  /// Records from now on.
  public void record(@Nullable CallRecording value) {
    recording = value;
  }

  /// Plays to a leg in place of what the other one says.
  ///
  /// @param to which leg hears it
  /// @param music null for silence
  public void hold(int to, @Nullable Announcement music) {
    Way way = ways[1 - to];
    loop.execute(() -> {
      way.silenced = true;
      List<RtpCodec> known = way.outlet.leg().codecs();
      if (music != null && !known.isEmpty()) {
        RtpCodec codec = known.getFirst();
        way.work.execute(() -> {
          List<byte[]> frames = music.frames(codecs, codec);
          loop.execute(() -> {
            if (way.silenced) {
              way.player.play(codec, frames, true, () -> {});
            }
          });
        });
      }
    });
  }

  /// Ends [#hold].
  public void resume(int to) {
    Way way = ways[1 - to];
    loop.execute(() -> {
      way.silenced = false;
      way.player.stop();
    });
  }

  /// Sends a key as a telephone event; where the leg has none, as tones in the audio.
  ///
  /// @param to which leg gets it
  /// @param inBand tones in any case
  public void sendTone(int to, char tone, int durationMillis, boolean inBand) {
    Way way = ways[1 - to];
    int length = Math.clamp(durationMillis, MIN_TONE_MILLIS, MAX_TONE_MILLIS);
    loop.execute(() -> {
      AudioLeg leg = way.outlet.leg();
      if (!inBand && leg.takesTelephoneEvents()) {
        leg.sendTones(String.valueOf(tone), java.time.Duration.ofMillis(length));
        return;
      }
      if (leg.codecs().isEmpty()) {
        return;
      }
      RtpCodec codec = leg.codecs().getFirst();
      way.work.execute(() -> {
        Announcement sound = Announcement.keys(String.valueOf(tone), length, GAP_MILLIS);
        List<byte[]> frames = sound.frames(codecs, codec);
        loop.execute(() -> way.player.play(codec, frames, false, () -> {}));
      });
    });
  }

  /// ITU-T Q.24: what every receiver takes.
  private static final int MIN_TONE_MILLIS = 70;

  /// A key that is held; receivers want no more.
  private static final int MAX_TONE_MILLIS = 2_000;

  private static final int GAP_MILLIS = 80;

  /// Listens for keys in the audio of a leg, too.
  public void detectInBand(int side) {
    loop.execute(() -> ways[side].inBand = new InBand(ways[side]));
  }

  /// Whether anything had to be decoded and encoded.
  public boolean isTranscoding() {
    return loop.call(() -> ways[0].transcoded || ways[1].transcoded);
  }

  /// Ends relaying; the legs stay open.
  @Override
  public void close() {
    loop.execute(() -> {
      for (Way way : ways) {
        way.from.listener(null);
        way.close();
      }
    });
  }
}
