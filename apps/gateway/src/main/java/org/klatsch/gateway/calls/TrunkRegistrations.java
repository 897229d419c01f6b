package org.klatsch.gateway.calls;

import java.lang.System.Logger.Level;
import java.net.UnknownHostException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.klatsch.gateway.config.Trunk;
import org.klatsch.sansio.ProtocolCore;
import org.klatsch.sip.Flow;
import org.klatsch.sip.NameAddr;
import org.klatsch.sip.SipRequest;
import org.klatsch.sip.SipResponse;
import org.klatsch.sip.SipUri;
import org.klatsch.sip.Uri;
import org.klatsch.sip.auth.DigestClient;
import org.klatsch.sip.registration.Registration;
import org.klatsch.sip.registration.RegistrationOptions;
import org.klatsch.sip.transaction.ClientTransaction;

/// Our own registrations, with the trunks that want one. Lives in the registrar's mailbox.
final class TrunkRegistrations {
  private static final System.Logger LOGGER = System.getLogger(TrunkRegistrations.class.getName());

  /// A name that DNS does not know is asked for again after this.
  private static final Duration LOOKUP_WAIT = Duration.ofSeconds(30);

  private static final class Entry {
    final Trunk trunk;
    final SipUri uri;
    @Nullable Registration registration;
    @Nullable Flow flow;
    Registration.State told = Registration.State.OFF;
    Mailbox.@Nullable Alarm alarm;

    Entry(Trunk trunk, SipUri uri) {
      this.trunk = trunk;
      this.uri = uri;
    }
  }

  private final Mailbox mailbox;
  private final SecureRandom random = new SecureRandom();
  private final List<Entry> entries = new ArrayList<>();
  private final Map<ClientTransaction, Entry> waiting = new HashMap<>();

  TrunkRegistrations(Mailbox mailbox, Collection<Trunk> trunks) {
    this.mailbox = mailbox;
    for (Trunk trunk : trunks) {
      if (trunk.register() && trunk.user() != null && Uri.of(trunk.uri()) instanceof SipUri uri) {
        entries.add(new Entry(trunk, uri));
      }
    }
  }

  void start() {
    entries.forEach(this::begin);
  }

  private void begin(Entry entry) {
    String user = entry.trunk.user();
    String password = entry.trunk.password();
    try {
      Flow flow = mailbox.transports.resolve(entry.uri);
      SipUri contact = SipUri.of(user, mailbox.transports.sentBy(flow));
      Registration registration =
          new Registration(
              RegistrationOptions.DEFAULT,
              entry.uri.withUser(null),
              NameAddr.of(entry.uri.withUser(user)),
              NameAddr.of(contact.withTransport(flow.transport())),
              user == null || password == null ? null : new DigestClient(user, password, random),
              mailbox.tokens,
              random);
      entry.registration = registration;
      registration.start(Mailbox.now());
      turn(entry, registration);
    } catch (UnknownHostException e) {
      LOGGER.log(
          Level.WARNING,
          "trunk {0} cannot be registered with: {1}",
          entry.trunk.name(),
          e.getMessage());
      entry.alarm = mailbox.after(LOOKUP_WAIT, () -> begin(entry));
    }
  }

  /// Sends what is to be sent and waits for what is due.
  private void turn(Entry entry, Registration registration) {
    SipRequest request = registration.pollRequest();
    if (request != null) {
      try {
        Flow flow = mailbox.transports.resolve(entry.uri);
        entry.flow = flow;
        ClientTransaction transaction =
            mailbox.transactions.send(
                Mailbox.now(), flow, request, mailbox.transports.sentBy(flow));
        waiting.put(transaction, entry);
      } catch (UnknownHostException e) {
        registration.handleFailure(Mailbox.now());
      }
    }
    if (registration.state() != entry.told) {
      entry.told = registration.state();
      LOGGER.log(
          entry.told == Registration.State.FAILED ? Level.WARNING : Level.INFO,
          "trunk {0}: {1}, last status {2}",
          entry.trunk.name(),
          entry.told,
          registration.lastStatus());
    }
    if (entry.alarm != null) {
      entry.alarm.cancel();
      entry.alarm = null;
    }
    long next = registration.nextTimeout();
    if (next != ProtocolCore.NEVER) {
      entry.alarm =
          mailbox.after(
              Duration.ofNanos(Math.max(0, next - Mailbox.now())),
              () -> {
                registration.handleTimeout(Mailbox.now());
                turn(entry, registration);
              });
    }
  }

  void response(ClientTransaction transaction, SipResponse response) {
    if (response.isProvisional()) {
      return;
    }
    Entry entry = waiting.remove(transaction);
    Registration registration = entry == null ? null : entry.registration;
    if (entry != null && registration != null) {
      registration.handleResponse(Mailbox.now(), response);
      turn(entry, registration);
    }
  }

  void failed(ClientTransaction transaction) {
    Entry entry = waiting.remove(transaction);
    Registration registration = entry == null ? null : entry.registration;
    if (entry != null && registration != null) {
      registration.handleFailure(Mailbox.now());
      turn(entry, registration);
    }
  }

  /// A connection is gone: registrations over it are made anew.
  void lost(Flow flow) {
    for (Entry entry : entries) {
      Flow used = entry.flow;
      Registration registration = entry.registration;
      if (used != null
          && registration != null
          && used.transport().isReliable()
          && used.transport() == flow.transport()
          && used.remote().equals(flow.remote())) {
        registration.handleFlowFailed(Mailbox.now());
        turn(entry, registration);
      }
    }
  }

  void stop() {
    for (Entry entry : entries) {
      Registration registration = entry.registration;
      if (registration != null) {
        registration.stop(Mailbox.now());
        turn(entry, registration);
      }
    }
  }
}
