package org.klatsch.rtp;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.klatsch.rtp.wire.BitReader;

/// Dependency descriptor, AV1 RTP payload specification appendix A: which layers a frame belongs to
/// and what it refers to, for any codec and readable without the payload's key. A view reused by
/// [#parse]; not thread-safe.
///
/// ```
/// |S|E| template id |          frame number         | extended fields …
/// ```
public final class DependencyDescriptor {
  /// Length of a descriptor that only names its template.
  private static final int MANDATORY = 3;

  /// References kept of a frame; frames of deployed structures have at most a few.
  public static final int MAX_FRAME_DIFFS = 64;

  private static final int MAX_TARGETS = 32;

  private final BitReader in = new BitReader();
  private final int[] indications = new int[MAX_TARGETS];
  private final int[] frameDiffs = new int[MAX_FRAME_DIFFS];
  private final int[] chainDiffs = new int[MAX_TARGETS];
  private boolean startOfFrame;
  private boolean endOfFrame;
  private int templateId;
  private int frameNumber;
  private @Nullable DependencyStructure attached;
  private boolean hasActiveTargets;
  private int activeTargets;
  private int spatialLayer;
  private int temporalLayer;
  private int targets;
  private int frameDiffCount;
  private int chains;

  /// A view of nothing yet.
  public DependencyDescriptor() {}

  /// Reads a descriptor.
  ///
  /// @param structure the structure last attached in this stream, null before the first
  public DependencyDescriptor parse(
      byte[] array, int offset, int length, @Nullable DependencyStructure structure)
      throws MalformedRtpException {
    Objects.checkFromIndexSize(offset, length, array.length);
    in.reset(array, offset, length);
    startOfFrame = in.flag();
    endOfFrame = in.flag();
    templateId = in.bits(6);
    frameNumber = in.bits(16);
    attached = null;
    hasActiveTargets = false;
    boolean customIndications = false;
    boolean customFrameDiffs = false;
    boolean customChains = false;
    DependencyStructure current = structure;
    if (length > MANDATORY) {
      boolean structurePresent = in.flag();
      boolean activeTargetsPresent = in.flag();
      customIndications = in.flag();
      customFrameDiffs = in.flag();
      customChains = in.flag();
      if (structurePresent) {
        attached = DependencyStructure.read(in);
        current = attached;
        activeTargets = -1 >>> (MAX_TARGETS - attached.decodeTargets());
        hasActiveTargets = true;
      }
      if (activeTargetsPresent) {
        if (current == null) {
          throw DependencyStructure.malformed("active decode targets before any structure");
        }
        activeTargets = in.bits(current.decodeTargets());
        hasActiveTargets = true;
      }
    }
    if (current == null) {
      throw DependencyStructure.malformed("template " + templateId + " before any structure");
    }
    int index = templateId - current.templateIdOffset() & 63;
    if (index >= current.templates().size()) {
      throw DependencyStructure.malformed(
          "template " + index + " of " + current.templates().size());
    }
    readFrame(
        current, current.templates().get(index), customIndications, customFrameDiffs, customChains);
    if (in.exhausted()) {
      throw DependencyStructure.malformed("cut off after " + length + " bytes");
    }
    return this;
  }

  /// Definition of the frame, §A.8.4: the template's or its own.
  private void readFrame(
      DependencyStructure structure,
      DependencyStructure.Template template,
      boolean customIndications,
      boolean customFrameDiffs,
      boolean customChains)
      throws MalformedRtpException {
    spatialLayer = template.spatialLayer();
    temporalLayer = template.temporalLayer();
    targets = structure.decodeTargets();
    chains = structure.chains();
    for (int i = 0; i < targets; i++) {
      indications[i] = customIndications ? in.bits(2) : template.indications()[i];
    }
    frameDiffCount = 0;
    if (customFrameDiffs) {
      int size = in.bits(2);
      while (size != 0) {
        addFrameDiff(in.bits(4 * size) + 1);
        size = in.bits(2);
      }
    } else {
      for (int diff : template.frameDiffs()) {
        addFrameDiff(diff);
      }
    }
    for (int i = 0; i < chains; i++) {
      chainDiffs[i] = customChains ? in.bits(8) : template.chainDiffs()[i];
    }
  }

  private void addFrameDiff(int diff) throws MalformedRtpException {
    if (frameDiffCount == MAX_FRAME_DIFFS) {
      throw DependencyStructure.malformed("more than " + MAX_FRAME_DIFFS + " references");
    }
    frameDiffs[frameDiffCount++] = diff;
  }

  /// Whether the packet is its frame's first.
  public boolean startOfFrame() {
    return startOfFrame;
  }

  /// Whether the packet is its frame's last.
  public boolean endOfFrame() {
    return endOfFrame;
  }

  /// Id of the frame's template.
  public int templateId() {
    return templateId;
  }

  /// Number of the frame, modulo 2¹⁶.
  public int frameNumber() {
    return frameNumber;
  }

  /// The structure this descriptor brings, to be kept for those that follow, or null.
  public @Nullable DependencyStructure attachedStructure() {
    return attached;
  }

  /// Whether the descriptor tells which decode targets are active.
  public boolean hasActiveDecodeTargets() {
    return hasActiveTargets;
  }

  /// Bit `i` is set when decode target `i` is active; of use only if told.
  public int activeDecodeTargets() {
    return activeTargets;
  }

  public int spatialLayer() {
    return spatialLayer;
  }

  public int temporalLayer() {
    return temporalLayer;
  }

  /// Number of decode targets.
  public int decodeTargets() {
    return targets;
  }

  /// What the frame is to a decode target: one of [DependencyStructure]'s indications.
  public int indication(int decodeTarget) {
    return indications[Objects.checkIndex(decodeTarget, targets)];
  }

  /// Number of frames this one refers to; 0 for a key frame.
  public int frameDiffCount() {
    return frameDiffCount;
  }

  /// How many frames back a frame is that this one refers to.
  public int frameDiff(int index) {
    return frameDiffs[Objects.checkIndex(index, frameDiffCount)];
  }

  /// Number of chains.
  public int chains() {
    return chains;
  }

  /// How many frames back the last frame of a chain is.
  public int chainDiff(int chain) {
    return chainDiffs[Objects.checkIndex(chain, chains)];
  }
}
