package org.klatsch.rtp;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.klatsch.rtp.wire.BitReader;

/// The template dependency structure of a dependency descriptor, AV1 RTP payload specification
/// §A.8.3. It comes with key frames and holds until the next one.
///
/// @param templateIdOffset template id of the first template
/// @param decodeTargets number of decode targets, 1 to 32
/// @param templates 1 to 64
/// @param chains number of chains
/// @param protectedBy the chain that protects each decode target; empty without chains
/// @param widths of each spatial layer; empty when not told
/// @param heights of each spatial layer; empty when not told
public record DependencyStructure(
    int templateIdOffset,
    int decodeTargets,
    List<Template> templates,
    int chains,
    int[] protectedBy,
    int[] widths,
    int[] heights) {
  private static final int MAX_TEMPLATES = 64;

  /// Decode target indication: the frame is not associated with the target.
  public static final int NOT_PRESENT = 0;

  /// The target can do without the frame.
  public static final int DISCARDABLE = 1;

  /// The target can be switched to at the frame.
  public static final int SWITCH = 2;

  /// The target needs the frame.
  public static final int REQUIRED = 3;

  public DependencyStructure {
    templates = List.copyOf(templates);
  }

  /// What the frames of a template share.
  ///
  /// @param indications one of the four indications per decode target
  /// @param frameDiffs how many frames back the frame refers
  /// @param chainDiffs how many frames back each chain's last frame is
  public record Template(
      int spatialLayer, int temporalLayer, int[] indications, int[] frameDiffs, int[] chainDiffs) {}

  /// Highest spatial layer a decode target uses, §A.8.3.7.
  public int spatialLayer(int decodeTarget) {
    int layer = 0;
    for (Template template : templates) {
      if (template.indications[decodeTarget] != NOT_PRESENT) {
        layer = Math.max(layer, template.spatialLayer);
      }
    }
    return layer;
  }

  /// Highest temporal layer a decode target uses, §A.8.3.7.
  public int temporalLayer(int decodeTarget) {
    int layer = 0;
    for (Template template : templates) {
      if (template.indications[decodeTarget] != NOT_PRESENT) {
        layer = Math.max(layer, template.temporalLayer);
      }
    }
    return layer;
  }

  static DependencyStructure read(BitReader in) throws MalformedRtpException {
    int offset = in.bits(6);
    int targets = in.bits(5) + 1;
    List<int[]> layers = new ArrayList<>();
    int spatial = 0;
    int temporal = 0;
    int next;
    do {
      if (layers.size() == MAX_TEMPLATES || in.exhausted()) {
        throw malformed("templates without an end");
      }
      layers.add(new int[] {spatial, temporal});
      next = in.bits(2);
      if (next == 1) {
        temporal++;
      } else if (next == 2) {
        temporal = 0;
        spatial++;
      }
    } while (next != 3);
    int count = layers.size();
    int[][] indications = new int[count][targets];
    for (int[] ofTemplate : indications) {
      for (int i = 0; i < targets; i++) {
        ofTemplate[i] = in.bits(2);
      }
    }
    int[][] frameDiffs = new int[count][];
    for (int i = 0; i < count; i++) {
      frameDiffs[i] = frameDiffs(in);
    }
    int chains = in.nonSymmetric(targets + 1);
    int[] protectedBy = new int[chains == 0 ? 0 : targets];
    for (int i = 0; i < protectedBy.length; i++) {
      protectedBy[i] = in.nonSymmetric(chains);
    }
    List<Template> templates = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      int[] chainDiffs = new int[chains];
      for (int chain = 0; chain < chains; chain++) {
        chainDiffs[chain] = in.bits(4);
      }
      int[] layer = layers.get(i);
      templates.add(new Template(layer[0], layer[1], indications[i], frameDiffs[i], chainDiffs));
    }
    int resolutions = in.flag() ? spatial + 1 : 0;
    int[] widths = new int[resolutions];
    int[] heights = new int[resolutions];
    for (int i = 0; i < resolutions; i++) {
      widths[i] = in.bits(16) + 1;
      heights[i] = in.bits(16) + 1;
    }
    if (in.exhausted()) {
      throw malformed("structure cut off");
    }
    return new DependencyStructure(
        offset, targets, templates, chains, protectedBy, widths, heights);
  }

  // Ends at the latest with the zeros behind the end.
  private static int[] frameDiffs(BitReader in) {
    int[] diffs = new int[2];
    int count = 0;
    while (in.flag()) {
      if (count == diffs.length) {
        diffs = Arrays.copyOf(diffs, 2 * count);
      }
      diffs[count++] = in.bits(4) + 1;
    }
    return Arrays.copyOf(diffs, count);
  }

  static MalformedRtpException malformed(String message) {
    return new MalformedRtpException(
        MalformedRtpException.Reason.EXTENSION, "dependency descriptor: " + message);
  }
}
