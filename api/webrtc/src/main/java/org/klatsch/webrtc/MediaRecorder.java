package org.klatsch.webrtc;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.klatsch.codecs.Codecs;
import org.klatsch.codecs.container.FileFormat;
import org.klatsch.codecs.recorder.Recorder;
import org.klatsch.media.RtpCodec;

/// Records a stream, W3C MediaStream Recording §2. Every method may be called on any thread.
///
/// What a peer sent in a codec that the file holds is stored as it came; the rest is encoded: audio
/// always, video if an encoder is installed. A recording plays up to its last second whenever it is
/// cut off, be it by a kill.
///
/// The pieces of a recording come as `dataavailable`; [#toFile] writes a file instead.
public final class MediaRecorder extends EventTarget {
  private final MediaStream stream;
  private final MediaRecorderOptions options;
  private final TaskList tasks = new TaskList(null, "klatsch-recorder");

  /// A file to write instead of firing events.
  private @Nullable WritableByteChannel file;

  private final @Nullable RecordingType given;
  private volatile String mimeType;
  private volatile RecordingState state = RecordingState.INACTIVE;
  private @Nullable Recording recording;
  private @Nullable Pieces pieces;
  private MediaPool.@Nullable Ticker ticker;
  private double firstPieceMillis = -1;

  public MediaRecorder(MediaStream stream) {
    this(stream, new MediaRecorderOptions());
  }

  /// @throws DOMException NotSupportedError when the type of the options cannot be written
  public MediaRecorder(MediaStream stream, MediaRecorderOptions options) {
    this(stream, options, options.mimeType());
  }

  private MediaRecorder(MediaStream stream, MediaRecorderOptions options, String type) {
    this.stream = stream;
    this.options = options;
    this.mimeType = type;
    this.given = type.isEmpty() ? null : RecordingType.parse(type).orElseThrow(() -> unknown(type));
  }

  private static DOMException unknown(String type) {
    return DOMException.notSupported(
        "\"" + type + "\", expected a type of WebM, MP4, Ogg or WAV with codecs they hold");
  }

  /// Records into a file, which is replaced; no `dataavailable` is fired then. One recording only.
  ///
  /// @param file its ending (`webm`, `mp4`, `ogg`, `opus`, `wav`) tells the format unless the
  ///   options do
  /// @throws DOMException NotSupportedError when neither tells a format that can be written
  public static MediaRecorder toFile(MediaStream stream, Path file, MediaRecorderOptions options)
      throws IOException {
    String type = options.mimeType();
    if (type.isEmpty()) {
      FileFormat format =
          FileFormat.ofName(String.valueOf(file.getFileName()))
              .orElseThrow(() -> unknown(file.toString()));
      type = format.mimeType(!stream.getVideoTracks().isEmpty() && format.holdsVideo());
    }
    MediaRecorder recorder = new MediaRecorder(stream, options, type);
    recorder.file =
        Files.newByteChannel(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE);
    return recorder;
  }

  public static MediaRecorder toFile(MediaStream stream, Path file) throws IOException {
    return toFile(stream, file, new MediaRecorderOptions());
  }

  /// Whether recordings of a type can be written. Tracks of a peer need no encoder, so whether one
  /// is installed is not asked.
  public static boolean isTypeSupported(String type) {
    return type.isEmpty() || RecordingType.parse(type).isPresent();
  }

  public MediaStream stream() {
    return stream;
  }

  /// As asked for; once recording, what was chosen.
  public String mimeType() {
    return mimeType;
  }

  public RecordingState state() {
    return state;
  }

  public long videoBitsPerSecond() {
    return options.videoTarget();
  }

  public long audioBitsPerSecond() {
    return options.audioTarget();
  }

  public BitrateMode audioBitrateMode() {
    return options.audioBitrateMode();
  }

  public void onStart(@Nullable EventListener<Event> listener) {
    handler("start", listener);
  }

  public void onStop(@Nullable EventListener<Event> listener) {
    handler("stop", listener);
  }

  public void onDataAvailable(@Nullable EventListener<BlobEvent> listener) {
    handler("dataavailable", listener);
  }

  public void onPause(@Nullable EventListener<Event> listener) {
    handler("pause", listener);
  }

  public void onResume(@Nullable EventListener<Event> listener) {
    handler("resume", listener);
  }

  public void onError(@Nullable EventListener<ErrorEvent> listener) {
    handler("error", listener);
  }

  /// Records; all data come with the end or [#requestData].
  public void start() {
    start(0);
  }

  /// Records the tracks that are live now.
  ///
  /// @param timesliceMillis how often data come; 0 for at the end
  /// @throws DOMException InvalidStateError unless inactive; NotSupportedError when no track is
  ///   live or the file cannot hold them
  public synchronized void start(int timesliceMillis) {
    if (state != RecordingState.INACTIVE) {
      throw DOMException.invalidState("the recorder is " + state + ", expected inactive");
    }
    List<MediaStreamTrack> tracks =
        stream.getTracks().stream()
            .filter(each -> each.readyState() == MediaStreamTrackState.LIVE)
            .toList();
    if (tracks.isEmpty()) {
      throw DOMException.notSupported("no track of the stream is live");
    }
    RecordingType type = given != null ? given : choose(tracks);
    check(type, tracks);
    WritableByteChannel channel = file;
    if (channel != null && !channel.isOpen()) {
      throw DOMException.invalidState("the file is written already");
    }
    if (channel == null) {
      pieces = new Pieces();
      channel = pieces;
    }
    if (given == null) {
      mimeType = type.format().mimeType(type.video());
    }
    Recorder recorder = new Recorder(type.format(), channel, tracks.size());
    Recording made =
        new Recording(type, options, Codecs.installed(), recorder, this::failed, this::stop);
    recording = made;
    state = RecordingState.RECORDING;
    tasks.post(() -> dispatchEvent(new Event("start")));
    made.start(tracks);
    if (timesliceMillis > 0 && pieces != null) {
      ticker =
          MediaPool.ticker(
              () -> made.execute(() -> givePiece(recorder)), Duration.ofMillis(timesliceMillis));
    }
  }

  /// MP4 for H.264, WebM for everything else.
  private static RecordingType choose(List<MediaStreamTrack> tracks) {
    boolean video = false;
    boolean h264 = false;
    for (MediaStreamTrack each : tracks) {
      RtpCodec codec = each.source().encodedCodec();
      video |= each.kind().equals("video");
      h264 |= codec != null && codec.is("h264");
    }
    return new RecordingType(h264 ? FileFormat.MP4 : FileFormat.WEBM, video, null, null);
  }

  private static void check(RecordingType type, List<MediaStreamTrack> tracks) {
    if (tracks.size() > type.format().maxTracks()) {
      throw DOMException.notSupported(
          tracks.size() + " tracks, " + type.format() + " holds " + type.format().maxTracks());
    }
    for (MediaStreamTrack each : tracks) {
      if (each.kind().equals("video")) {
        if (!type.video() || !type.format().holdsVideo()) {
          throw DOMException.notSupported(each + " in a file of audio");
        }
        if (!each.source().givesEncoded() && !Codecs.installed().supports(type.pictures())) {
          throw DOMException.notSupported(
              "no encoder for " + type.pictures() + " is installed, which " + each + " needs");
        }
      }
    }
  }

  /// Ends the recording: the rest of the data comes, then `stop`. Nothing when it is inactive.
  public synchronized void stop() {
    Recording current = recording;
    if (state == RecordingState.INACTIVE || current == null) {
      return;
    }
    state = RecordingState.INACTIVE;
    recording = null;
    MediaPool.Ticker slices = ticker;
    if (slices != null) {
      slices.close();
      ticker = null;
    }
    Pieces last = pieces;
    pieces = null;
    current.close(() -> {
      if (last != null) {
        fire(last.take());
      }
      tasks.post(() -> dispatchEvent(new Event("stop")));
    });
  }

  private void failed(DOMException why) {
    tasks.post(() -> dispatchEvent(new ErrorEvent("error", why)));
    stop();
  }

  /// Leaves out what comes until [#resume]; the file has no gap.
  ///
  /// @throws DOMException InvalidStateError when inactive
  public synchronized void pause() {
    change(RecordingState.PAUSED, "pause");
  }

  /// @throws DOMException InvalidStateError when inactive
  public synchronized void resume() {
    change(RecordingState.RECORDING, "resume");
  }

  private void change(RecordingState next, String event) {
    Recording current = recording;
    if (state == RecordingState.INACTIVE || current == null) {
      throw DOMException.invalidState("the recorder is inactive");
    }
    if (state == next) {
      return;
    }
    state = next;
    long now = System.nanoTime();
    if (next == RecordingState.PAUSED) {
      current.pause(now);
    } else {
      current.resume(now);
    }
    tasks.post(() -> dispatchEvent(new Event(event)));
  }

  /// Fires `dataavailable` with what there is.
  ///
  /// @throws DOMException InvalidStateError when inactive
  public synchronized void requestData() {
    Recording current = recording;
    if (state == RecordingState.INACTIVE || current == null) {
      throw DOMException.invalidState("the recorder is inactive");
    }
    current.execute(() -> givePiece(current.recorder));
  }

  private void givePiece(Recorder recorder) throws IOException {
    recorder.flush();
    Pieces current = pieces;
    if (current != null) {
      fire(current.take());
    }
  }

  private void fire(byte[] data) {
    double now = System.nanoTime() / 1e6;
    if (firstPieceMillis < 0) {
      firstPieceMillis = now;
    }
    double timecode = now - firstPieceMillis;
    tasks.post(
        () -> dispatchEvent(new BlobEvent("dataavailable", new BlobEventInit(data, timecode))));
  }

  /// Collects what was written since the last piece.
  private static final class Pieces implements WritableByteChannel {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    @Override
    public synchronized int write(ByteBuffer from) {
      byte[] copy = new byte[from.remaining()];
      from.get(copy);
      bytes.writeBytes(copy);
      return copy.length;
    }

    synchronized byte[] take() {
      byte[] piece = bytes.toByteArray();
      bytes.reset();
      return piece;
    }

    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public void close() {}
  }
}
