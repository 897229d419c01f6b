package org.klatsch.peer.jsep;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.klatsch.media.RtpCodec;
import org.klatsch.peer.IceParameters;
import org.klatsch.peer.SessionParameters;
import org.klatsch.peer.TransportParameters;
import org.klatsch.peer.jsep.DescriptionWriter.Transport;
import org.klatsch.sdp.MediaDescription;
import org.klatsch.sdp.SessionDescription;
import org.klatsch.sdp.SetupAttribute;

/// Writes our offers, RFC 9429 §5.2. Everything shares one transport, in one BUNDLE group.
final class OfferWriter {
  private final DescriptionWriter writer;
  private final MediaWriter mediaWriter;

  OfferWriter(DescriptionWriter writer, MediaWriter mediaWriter) {
    this.writer = writer;
    this.mediaWriter = mediaWriter;
  }

  /// What an offer is made from.
  ///
  /// @param local our last description: the pending offer, else the current description; null at
  ///   first
  /// @param currentLocal our description in force, null at first
  /// @param remote the peer's description in force, null at first
  /// @param agreed what is in force
  /// @param transceivers in their order
  /// @param wantsData whether there must be a section for data channels
  /// @param restart tells for a username fragment whether its transport restarts ICE
  /// @param freshMid makes a mid that was never used
  record Input(
      @Nullable Sections local,
      @Nullable Sections currentLocal,
      @Nullable Sections remote,
      SessionParameters agreed,
      List<Transceiver> transceivers,
      boolean wantsData,
      Predicate<String> restart,
      Supplier<String> freshMid) {}

  /// One m-section to be; a section with neither content is rejected.
  ///
  /// @param before the section it continues or replaces, null for a new one
  /// @param continues whether `before` goes on
  private record Plan(
      @Nullable Section before,
      boolean continues,
      @Nullable Transceiver transceiver,
      @Nullable String dataMid) {
    boolean lives() {
      return transceiver != null || dataMid != null;
    }
  }

  SessionDescription write(Input input) {
    List<Plan> plans = plan(input);
    Section tag = tag(plans, input.agreed());
    IceParameters ice = tag == null ? null : tag.ice();
    boolean restarts = ice == null || input.restart().test(ice.usernameFragment());
    String tlsId = tag == null ? null : tag.tlsId();
    Transport transport =
        new Transport(
            restarts || ice == null ? writer.freshIce() : ice,
            SetupAttribute.ACTPASS,
            tlsId == null ? writer.secrets().tlsId() : tlsId);
    PayloadTypes payloadTypes = new PayloadTypes(input.local(), input.remote());
    HeaderExtensions extensions = new HeaderExtensions(input.local(), input.remote());
    List<MediaDescription> media = new ArrayList<>();
    List<String> bundle = new ArrayList<>();
    Set<String> kinds = new HashSet<>();
    boolean hasMedia = false;
    int leader = leader(plans, tag);
    for (Plan plan : plans) {
      Transceiver transceiver = plan.transceiver();
      if (!plan.lives()) {
        media.add(writer.rejected(Objects.requireNonNull(plan.before())));
        continue;
      }
      hasMedia |= transceiver != null;
      String kind = transceiver == null ? "application" : transceiver.kind().toString();
      boolean first = kinds.isEmpty();
      boolean firstOfKind = kinds.add(kind);
      boolean bundleOnly = !plan.continues() && isBundleOnly(first, firstOfKind);
      MediaDescription section =
          transceiver == null
              ? data(plan, transport, writer.offersSctpInit(input.agreed()), bundleOnly)
              : media(transceiver, plan, transport, bundleOnly, payloadTypes, extensions);
      String mid = Objects.requireNonNull(section.mid());
      if (section.rejected()) {
        media.add(section);
      } else if (tag != null && media.size() == leader) {
        // The section that stands for the transport has its candidates, and leads the group.
        bundle.addFirst(mid);
        media.add(restarts ? section : Candidates.copied(tag.media(), section));
      } else {
        bundle.add(mid);
        media.add(section);
      }
    }
    return writer.description(bundle, hasMedia, writer.offersDtlsInStun(input.agreed()), media);
  }

  private boolean isBundleOnly(boolean first, boolean firstOfKind) {
    return switch (writer.options().bundlePolicy()) {
      case MAX_COMPAT -> false;
      case BALANCED -> !firstOfKind;
      case MAX_BUNDLE -> !first;
    };
  }

  /// Index of the section that stands for the transport: it keeps its name if it lives on, else the
  /// first that goes on takes it over; −1 without a transport.
  private static int leader(List<Plan> plans, @Nullable Section tag) {
    int leader = -1;
    for (int i = 0; i < plans.size(); i++) {
      Plan plan = plans.get(i);
      if (tag != null && plan.continues()) {
        if (plan.before() == tag) {
          return i;
        }
        leader = leader < 0 ? i : leader;
      }
    }
    return leader;
  }

  /// The section of ours that has the transport's attributes; null when there is no transport yet,
  /// or nothing of it goes on.
  private static @Nullable Section tag(List<Plan> plans, SessionParameters agreed) {
    TransportParameters transport =
        agreed.transports().isEmpty() ? null : agreed.transports().getFirst();
    Section first = null;
    Section named = null;
    boolean lives = false;
    for (Plan plan : plans) {
      Section before = plan.before();
      if (before == null || before.ice() == null) {
        continue;
      }
      lives |= plan.continues();
      if (plan.continues() && first == null) {
        first = before;
      }
      if (transport != null && before.mid().equals(transport.mid())) {
        named = before;
      }
    }
    return !lives ? null : named != null ? named : first;
  }

  private static List<Plan> plan(Input input) {
    List<Plan> plans = new ArrayList<>();
    List<Integer> free = new ArrayList<>();
    Map<String, Transceiver> byMid = new HashMap<>();
    for (Transceiver transceiver : input.transceivers()) {
      String mid = transceiver.mid();
      if (mid != null && !transceiver.isStopping()) {
        byMid.put(mid, transceiver);
      }
    }
    boolean hasData = false;
    Sections local = input.local();
    for (Section section : local == null ? List.<Section>of() : local.list()) {
      boolean gone = section.rejected() || isRejectedBy(input.remote(), section);
      Transceiver transceiver = gone ? null : byMid.get(section.mid());
      boolean data = !gone && !hasData && section.isDataChannel();
      hasData |= data;
      if (!data && transceiver == null && isFree(input, section)) {
        free.add(section.index());
      }
      plans.add(
          new Plan(section, data || transceiver != null, transceiver, data ? section.mid() : null));
    }
    for (Transceiver transceiver : input.transceivers()) {
      if (!transceiver.isAssociated() && !transceiver.isStopping()) {
        String mid = transceiver.proposedMid();
        if (mid == null || isUsed(mid, input)) {
          transceiver.proposeMid(input.freshMid().get());
        }
        place(transceiver, null, plans, free);
      }
    }
    if (input.wantsData() && !hasData) {
      place(null, input.freshMid().get(), plans, free);
    }
    return plans;
  }

  /// Another mid marks a section as a new one in the place of an old, RFC 9429 §5.2.2.
  private static void place(
      @Nullable Transceiver transceiver,
      @Nullable String dataMid,
      List<Plan> plans,
      List<Integer> free) {
    if (free.isEmpty()) {
      plans.add(new Plan(null, false, transceiver, dataMid));
    } else {
      int index = free.removeFirst();
      plans.set(index, new Plan(plans.get(index).before(), false, transceiver, dataMid));
    }
  }

  private static boolean isUsed(String mid, Input input) {
    Sections local = input.local();
    Sections remote = input.remote();
    return (local != null && local.byMid(mid) != null)
        || (remote != null && remote.byMid(mid) != null);
  }

  private static boolean isRejectedBy(@Nullable Sections remote, Section section) {
    Section theirs = remote == null ? null : remote.at(section.index());
    return theirs != null
        && theirs.rejected()
        && (theirs.media().mid() == null || theirs.mid().equals(section.mid()));
  }

  /// A place may be used again once both sides know that its section is rejected.
  private static boolean isFree(Input input, Section section) {
    Sections current = input.currentLocal();
    Section ours = current == null ? null : current.at(section.index());
    return ours != null && (ours.rejected() || isRejectedBy(input.remote(), ours));
  }

  private MediaDescription data(
      Plan plan, Transport transport, boolean sctpInit, boolean bundleOnly) {
    Section before = plan.continues() ? plan.before() : null;
    return writer.dataSection(
        plan.dataMid(),
        before == null ? "UDP/DTLS/SCTP" : before.media().protocol(),
        before == null ? List.of(Section.DATA_CHANNEL) : before.media().formats(),
        transport,
        sctpInit,
        bundleOnly);
  }

  private MediaDescription media(
      Transceiver transceiver,
      Plan plan,
      Transport transport,
      boolean bundleOnly,
      PayloadTypes payloadTypes,
      HeaderExtensions extensions) {
    Section before = plan.continues() ? plan.before() : null;
    List<RtpCodec> codecs =
        inOrderOf(
            transceiver.codecPreferences().isEmpty() ? before : null,
            payloadTypes.assign(transceiver.kind(), mediaWriter.capabilities(transceiver)));
    if (codecs.isEmpty()) {
      // A kind of media without codecs cannot be offered, only refused: the transceiver ends with
      // the
      // answer.
      return writer.unusable(
          Objects.requireNonNull(
              transceiver.mid() != null ? transceiver.mid() : transceiver.proposedMid()),
          transceiver.kind().toString());
    }
    return writer.mediaSection(
        transceiver.mid() != null ? transceiver.mid() : transceiver.proposedMid(),
        transceiver.kind().toString(),
        before == null ? "UDP/TLS/RTP/SAVPF" : before.media().protocol(),
        MediaFormats.formats(codecs),
        transport,
        bundleOnly,
        mediaWriter.offer(transceiver, codecs, extensions));
  }

  /// What the section has already comes first: its order may be the peer's wish, RFC 9429 §5.2.2.
  private static List<RtpCodec> inOrderOf(@Nullable Section before, List<RtpCodec> codecs) {
    if (before == null) {
      return codecs;
    }
    List<String> formats = before.media().formats();
    List<RtpCodec> ordered = new ArrayList<>(codecs);
    ordered.sort(
        Comparator.comparingInt(codec -> {
          int index = formats.indexOf(Integer.toString(codec.payloadType()));
          return index < 0 ? formats.size() : index;
        }));
    return ordered;
  }
}
