package org.klatsch.peer.jsep;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.klatsch.media.MediaKind;
import org.klatsch.media.RtpCodec;
import org.klatsch.media.RtpEncoding;
import org.klatsch.sdp.DirectionAttribute;

/// A sender and a receiver that share an m-section, RFC 9429 §3.4.1: what the application wants of
/// them, and what descriptions have made of that. It belongs to one [Jsep] and its thread.
public final class Transceiver {
  private final MediaKind kind;
  private final Runnable changed;

  private DirectionAttribute direction;
  private List<RtpCodec> codecPreferences = List.of();
  private @Nullable List<HeaderExtensionCapability> headerExtensions;
  private String trackId;
  private List<String> streamIds;
  private boolean hasTrack;
  private boolean stopping;

  /// Whether `addTrack` ever put a track on it: only then may a remote offer adopt it, RFC 9429
  /// §5.10.
  private boolean addedByTrack;

  private boolean everSent;
  private List<RtpEncoding> encodings;

  private boolean stopped;
  private @Nullable DirectionAttribute currentDirection;
  private @Nullable String mid;
  private int index = -1;
  private boolean addedByOffer;
  private RemoteMedia remote = RemoteMedia.NONE;

  /// The mid it gets once an offer with it is set.
  private @Nullable String proposedMid;

  Transceiver(
      MediaKind kind,
      DirectionAttribute direction,
      String trackId,
      List<String> streamIds,
      List<RtpEncoding> encodings,
      Runnable changed) {
    this.kind = kind;
    this.direction = direction;
    this.trackId = trackId;
    this.streamIds = List.copyOf(streamIds);
    this.encodings = List.copyOf(encodings);
    this.changed = changed;
  }

  public MediaKind kind() {
    return kind;
  }

  /// The m-section it is associated with; null before an offer with it is set, and again after that
  /// was rolled back.
  public @Nullable String mid() {
    return mid;
  }

  /// What the application wants; the next offer or answer says it.
  public DirectionAttribute direction() {
    return direction;
  }

  public void direction(DirectionAttribute wanted) {
    if (direction != wanted) {
      direction = wanted;
      changed.run();
    }
  }

  /// What the last answer made of it, seen from here; null before one and once stopped.
  public @Nullable DirectionAttribute currentDirection() {
    return stopped ? null : currentDirection;
  }

  /// Whether [Jsep#stop] was called, or the section was rejected.
  public boolean isStopping() {
    return stopping || stopped;
  }

  /// Whether its m-section is gone for good.
  public boolean isStopped() {
    return stopped;
  }

  /// Identifies the sender's track in `a=msid`; never changes once used.
  public String trackId() {
    return trackId;
  }

  /// The streams the sender's track is in.
  public List<String> streamIds() {
    return streamIds;
  }

  public void streamIds(List<String> ids) {
    if (!streamIds.equals(ids)) {
      streamIds = List.copyOf(ids);
      changed.run();
    }
  }

  /// Whether the sender has a track.
  public boolean hasTrack() {
    return hasTrack;
  }

  /// Tells that the sender got or lost its track without negotiation (`replaceTrack` of the W3C).
  public void hasTrack(boolean present) {
    hasTrack = present;
  }

  /// What is sent: at least one encoding, with SSRCs. Several are simulcast, and each has a rid.
  public List<RtpEncoding> encodings() {
    return encodings;
  }

  /// Changes what needs no negotiation, `active`, `maxBitrate` and `payloadType`, of those of the
  /// encodings that are given; the rest of them is not looked at, but for the SSRC.
  public void encodings(List<RtpEncoding> changedEncodings) {
    List<RtpEncoding> next = new ArrayList<>(encodings);
    for (RtpEncoding each : changedEncodings) {
      boolean found = false;
      for (int i = 0; i < next.size(); i++) {
        RtpEncoding known = next.get(i);
        if (known.ssrc() == each.ssrc()) {
          found = true;
          next.set(
              i,
              known
                  .withActive(each.active())
                  .withMaxBitrate(each.maxBitrate())
                  .withPayloadType(each.payloadType()));
        }
      }
      if (!found) {
        throw new IllegalArgumentException(
            "SSRC " + Integer.toUnsignedString(each.ssrc()) + ", expected one of " + encodings);
      }
    }
    encodings = List.copyOf(next);
  }

  /// The codecs to negotiate, best first; empty for all (`setCodecPreferences` of the W3C).
  public List<RtpCodec> codecPreferences() {
    return codecPreferences;
  }

  public void codecPreferences(List<RtpCodec> preferences) {
    codecPreferences = List.copyOf(preferences);
    changed.run();
  }

  /// The header extensions to negotiate; null for all we have.
  public @Nullable List<HeaderExtensionCapability> headerExtensions() {
    return headerExtensions;
  }

  public void headerExtensions(List<HeaderExtensionCapability> extensions) {
    headerExtensions = List.copyOf(extensions);
    changed.run();
  }

  /// What the peer's last description says about what it sends here: direction, streams and track.
  public RemoteMedia remote() {
    return remote;
  }

  int index() {
    return index;
  }

  boolean isAssociated() {
    return mid != null;
  }

  boolean everSent() {
    return everSent;
  }

  boolean adoptable() {
    return addedByTrack && mid == null && !isStopping();
  }

  @Nullable String proposedMid() {
    return proposedMid;
  }

  void proposeMid(String proposed) {
    proposedMid = proposed;
  }

  void attachTrack(@Nullable String id, List<String> streams) {
    if (id != null && !everSent) {
      trackId = id;
    }
    streamIds = List.copyOf(streams);
    hasTrack = true;
    addedByTrack = true;
  }

  void beginWithTrack(String id) {
    trackId = id;
    hasTrack = true;
  }

  void stopping() {
    stopping = true;
  }

  void stopped() {
    stopping = true;
    stopped = true;
  }

  void associate(String newMid, int newIndex) {
    mid = newMid;
    index = newIndex;
    proposedMid = null;
  }

  void markAddedByOffer() {
    addedByOffer = true;
  }

  void remote(RemoteMedia described) {
    remote = described;
  }

  void negotiated(DirectionAttribute agreed) {
    currentDirection = agreed;
    everSent |= agreed.sends();
  }

  /// The peer takes only these encodings, or asks for these.
  void replaceEncodings(List<RtpEncoding> next) {
    encodings = List.copyOf(next);
  }

  /// What a rollback restores, RFC 9429 §4.1.10.2.
  Saved save() {
    return new Saved(this, mid, index, remote, encodings);
  }

  /// Whether a rollback removes it: it came with the offer and nothing was added to it since.
  boolean vanishes() {
    return addedByOffer && !addedByTrack;
  }

  /// It came with an offer that was rolled back, and stays as if added here.
  void dissociate() {
    mid = null;
    index = -1;
    remote = RemoteMedia.NONE;
    addedByOffer = false;
  }

  void settle() {
    addedByOffer = false;
  }

  /// The state of a transceiver in the stable state.
  record Saved(
      Transceiver transceiver,
      @Nullable String mid,
      int index,
      RemoteMedia remote,
      List<RtpEncoding> encodings) {
    void restore() {
      if (mid == null && transceiver.mid != null) {
        // The same offer may be set again.
        transceiver.proposedMid = transceiver.mid;
      }
      transceiver.mid = mid;
      transceiver.index = index;
      transceiver.remote = remote;
      transceiver.encodings = encodings;
    }
  }

  @Override
  public String toString() {
    return "Transceiver[" + kind + ", mid " + mid + ", " + direction + "]";
  }
}
