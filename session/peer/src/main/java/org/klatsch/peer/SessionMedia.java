package org.klatsch.peer;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.klatsch.dtls.SrtpKeyingMaterial;
import org.klatsch.dtls.SrtpProfile;
import org.klatsch.media.MediaEvent;
import org.klatsch.media.RtpEncoding;
import org.klatsch.media.RtpReceiveParameters;
import org.klatsch.media.RtpReceiver;
import org.klatsch.media.RtpSendParameters;
import org.klatsch.media.RtpSender;
import org.klatsch.media.RtpTransport;
import org.klatsch.sansio.TransmitBuffer;
import org.klatsch.srtp.SrtpContext;
import org.klatsch.srtp.SrtpException;
import org.klatsch.srtp.SrtpSuite;

/// The media of a session: an [RtpTransport] with a sender and a receiver for each m-section, and
/// SRTP between it and the network. Confined to the session's thread.
///
/// ```text
///   frames ──► RtpTransport ──► protect ──► driver's buffer
///   packets ──► unprotect ──► RtpTransport ──► frames, events
/// ```
public final class SessionMedia {
  private final SessionOptions options;
  private final SessionCounters counters;
  private final RtpTransport transport;
  private final Map<String, Section> sections = new HashMap<>();
  private @Nullable SrtpContext outbound;
  private @Nullable SrtpContext inbound;

  /// An m-section in force.
  private static final class Section {
    final RtpSender sender;
    final RtpReceiver receiver;
    MediaParameters parameters;

    Section(RtpTransport transport, MediaParameters parameters) {
      this.parameters = parameters;
      this.sender = transport.addSender(sent(parameters));
      this.receiver = transport.addReceiver(received(parameters));
    }

    void update(MediaParameters next) {
      if (next.equals(parameters)) {
        return;
      }
      parameters = next;
      RtpSendParameters send = sent(next);
      if (!send.equals(sender.parameters())) {
        sender.update(send);
      }
      RtpReceiveParameters receive = received(next);
      if (!receive.equals(receiver.parameters())) {
        receiver.update(receive);
      }
    }

    /// A direction that does not send keeps its streams, silent.
    private static RtpSendParameters sent(MediaParameters parameters) {
      RtpSendParameters send = parameters.send();
      return parameters.direction().sends()
          ? send
          : send.withEncodings(send.encodings().stream().map(SessionMedia::silenced).toList());
    }

    /// A direction that does not receive has no payload type for packets still under way.
    private static RtpReceiveParameters received(MediaParameters parameters) {
      return parameters.direction().receives()
          ? parameters.receive()
          : parameters.receive().withCodecs(List.of());
    }
  }

  SessionMedia(SessionOptions options, SessionCounters counters, RandomGenerator random) {
    this.options = options;
    this.counters = counters;
    this.transport = new RtpTransport(options.rtp(), random);
  }

  private static RtpEncoding silenced(RtpEncoding encoding) {
    return encoding.withActive(false);
  }

  /// All RTP of the session in the clear.
  public RtpTransport transport() {
    return transport;
  }

  /// The sender of an m-section; null when there is none in force. It stays the same for as long as
  /// the m-section is in force, whatever its direction.
  public @Nullable RtpSender sender(String mid) {
    Section section = sections.get(mid);
    return section == null ? null : section.sender;
  }

  /// The receiver of an m-section; null when there is none in force. It stays the same for as long
  /// as the m-section is in force, whatever its direction.
  public @Nullable RtpReceiver receiver(String mid) {
    Section section = sections.get(mid);
    return section == null ? null : section.receiver;
  }

  /// The m-section of a sender, null when it is in force no longer.
  public @Nullable String midOf(RtpSender sender) {
    return midOf(section -> section.sender == sender);
  }

  /// The m-section of a receiver, null when it is in force no longer.
  public @Nullable String midOf(RtpReceiver receiver) {
    return midOf(section -> section.receiver == receiver);
  }

  private @Nullable String midOf(java.util.function.Predicate<Section> wanted) {
    for (Map.Entry<String, Section> each : sections.entrySet()) {
      if (wanted.test(each.getValue())) {
        return each.getKey();
      }
    }
    return null;
  }

  /// The cipher in use, null until connected.
  public @Nullable SrtpSuite suite() {
    SrtpContext context = outbound;
    return context == null ? null : context.suite();
  }

  /// Takes the m-sections in force.
  void apply(List<MediaParameters> all) {
    for (MediaParameters parameters : all) {
      Section known = sections.get(parameters.mid());
      if (known != null && known.parameters.kind() != parameters.kind()) {
        // The m-section was recycled for another medium, RFC 9429 §5.2.2.
        remove(parameters.mid());
        known = null;
      }
      if (known == null) {
        sections.put(parameters.mid(), new Section(transport, parameters));
      } else {
        known.update(parameters);
      }
    }
    if (sections.size() > all.size()) {
      for (String mid : List.copyOf(sections.keySet())) {
        if (all.stream().noneMatch(each -> each.mid().equals(mid))) {
          remove(mid);
        }
      }
    }
  }

  private void remove(String mid) {
    Section section = Objects.requireNonNull(sections.remove(mid));
    transport.removeSender(section.sender);
    transport.removeReceiver(section.receiver);
  }

  /// Begins, with the keys of DTLS: RFC 5764 §4.2, each side encrypts with its own half.
  ///
  /// @param client whether this side is the DTLS client
  /// @return whether there is a suite for the profile
  boolean connect(long now, SrtpKeyingMaterial material, boolean client) {
    SrtpSuite suite = suiteOf(material.profile());
    if (suite == null) {
      return false;
    }
    outbound =
        SrtpContext.outbound(
            suite,
            client ? material.clientKey() : material.serverKey(),
            client ? material.clientSalt() : material.serverSalt(),
            // The RTP transport repeats packets as they were when there is no format for it.
            options.srtp().withRepeatsPayloads(true));
    inbound =
        SrtpContext.inbound(
            suite,
            client ? material.serverKey() : material.clientKey(),
            client ? material.serverSalt() : material.clientSalt(),
            options.srtp());
    transport.connect(now);
    return true;
  }

  private static @Nullable SrtpSuite suiteOf(SrtpProfile profile) {
    return switch (profile) {
      case SRTP_AES128_CM_HMAC_SHA1_80 -> SrtpSuite.AES_CM_128_HMAC_SHA1_80;
      case SRTP_AES128_CM_HMAC_SHA1_32 -> SrtpSuite.AES_CM_128_HMAC_SHA1_32;
      case SRTP_AEAD_AES_128_GCM -> SrtpSuite.AEAD_AES_128_GCM;
      case SRTP_AEAD_AES_256_GCM -> SrtpSuite.AEAD_AES_256_GCM;
      // RFC 8827 §6.5: never without encryption.
      case SRTP_NULL_HMAC_SHA1_80, SRTP_NULL_HMAC_SHA1_32 -> null;
    };
  }

  boolean isConnected() {
    return inbound != null;
  }

  /// Takes an SRTP or SRTCP packet; its bytes are changed. The caller has seen that this is
  /// connected.
  void handlePacket(long now, PacketKind kind, byte[] buffer, int offset, int length) {
    SrtpContext context = Objects.requireNonNull(inbound);
    try {
      if (kind == PacketKind.RTCP) {
        transport.handleRtcp(now, buffer, offset, context.unprotectRtcp(buffer, offset, length));
      } else {
        transport.handleRtp(now, buffer, offset, context.unprotectRtp(buffer, offset, length));
      }
    } catch (SrtpException e) {
      counters.dropProtected(e.reason());
    }
  }

  /// Writes the next packet, protected, behind those already there.
  boolean pollTransmit(long now, TransmitBuffer out) {
    SrtpContext context = outbound;
    if (context == null) {
      return false;
    }
    int tail = Math.max(context.rtpOverhead(), context.rtcpOverhead());
    while (!out.isFull()) {
      byte[] array = out.array();
      int offset = out.position();
      int length = transport.writeTransmit(now, array, offset, out.remaining() - tail);
      if (length == 0) {
        return false;
      }
      try {
        out.commit(
            PacketKind.of(array, offset, length) == PacketKind.RTCP
                ? context.protectRtcp(array, offset, length)
                : context.protectRtp(array, offset, length));
        return true;
      } catch (SrtpException e) {
        counters.dropUnprotected(e.reason());
      }
    }
    return false;
  }

  @Nullable MediaEvent pollEvent() {
    return transport.pollEvent();
  }

  void handleTimeout(long now) {
    transport.handleTimeout(now);
  }

  long nextTimeout() {
    return transport.nextTimeout();
  }

  /// Says goodbye on all streams.
  void close(long now) {
    transport.close(now);
  }

  /// The association that the keys came from has ended: nothing can be sent or taken any more.
  void disconnect(long now) {
    transport.close(now);
    outbound = null;
    inbound = null;
  }
}
