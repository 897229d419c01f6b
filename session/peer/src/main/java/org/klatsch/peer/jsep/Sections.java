package org.klatsch.peer.jsep;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.klatsch.sdp.Attributes;
import org.klatsch.sdp.FlagAttribute;
import org.klatsch.sdp.GroupAttribute;
import org.klatsch.sdp.MediaDescription;
import org.klatsch.sdp.SessionDescription;

/// The m-sections of one description with their BUNDLE groups (RFC 9143).
final class Sections {
  private final List<Section> list = new ArrayList<>();
  private final Map<String, Section> byMid = new HashMap<>();
  private final Map<String, List<String>> groupOfMid = new HashMap<>();
  private final Attributes attributes;
  private final @Nullable String flaw;

  Sections(SessionDescription description) {
    attributes = description.attributes();
    for (MediaDescription media : description.media()) {
      list.add(new Section(list.size(), media, description.attributes()));
    }
    String found = null;
    for (Section section : list) {
      if (byMid.put(section.mid(), section) != null) {
        found = "mid " + section.mid() + " stands twice";
      }
    }
    for (GroupAttribute group : description.attributes().all(GroupAttribute.class)) {
      if (group.semantics().equals(GroupAttribute.BUNDLE) && !group.mids().isEmpty()) {
        String problem = addGroup(group.mids());
        found = problem != null ? problem : found;
      }
    }
    flaw = found;
  }

  private @Nullable String addGroup(List<String> mids) {
    Set<String> seen = new HashSet<>();
    for (String mid : mids) {
      if (!byMid.containsKey(mid)) {
        return "BUNDLE names mid " + mid + ", which no m-section has";
      }
      if (!seen.add(mid) || groupOfMid.containsKey(mid)) {
        return "BUNDLE names mid " + mid + " twice";
      }
    }
    Section tag = byMid.get(mids.getFirst());
    for (String mid : mids) {
      groupOfMid.put(mid, mids);
      Section section = byMid.get(mid);
      if (section != null && tag != null) {
        section.inheritFrom(tag);
      }
    }
    return null;
  }

  /// Why mids and groups do not fit together; null when they do.
  @Nullable String flaw() {
    return flaw;
  }

  /// Whether a flag stands at session level.
  boolean has(FlagAttribute flag) {
    return attributes.has(flag);
  }

  List<Section> list() {
    return list;
  }

  int size() {
    return list.size();
  }

  Section get(int index) {
    return list.get(index);
  }

  /// The section at an index, or null behind the last.
  @Nullable Section at(int index) {
    return index < list.size() ? list.get(index) : null;
  }

  @Nullable Section byMid(String mid) {
    return byMid.get(mid);
  }

  /// The mids of the BUNDLE group a section is in; null outside of one.
  @Nullable List<String> groupOf(String mid) {
    return groupOfMid.get(mid);
  }

  /// The first section for data channels that is not rejected, or null.
  @Nullable Section dataChannel() {
    for (Section section : list) {
      if (!section.rejected() && section.isDataChannel()) {
        return section;
      }
    }
    return null;
  }
}
