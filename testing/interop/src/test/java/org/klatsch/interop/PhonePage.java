package org.klatsch.interop;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import tools.jackson.databind.JsonNode;

/// A page with a softphone that plays a tone and hears what comes.
final class PhonePage implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  /// What both softphones have in common: `tone(hz)` makes a stream, `hear(pc)` listens to a
  /// connection, `loudest()` tells the strongest frequency in what comes.
  private static final String SOUND =
      """
      (() => {
        window.context = new AudioContext();
        window.analyser = context.createAnalyser();
        analyser.fftSize = 8192;
        analyser.smoothingTimeConstant = 0;
        window.tone = (hz) => {
          const oscillator = context.createOscillator();
          oscillator.frequency.value = hz;
          const volume = context.createGain();
          volume.gain.value = 0.3;
          const destination = context.createMediaStreamDestination();
          oscillator.connect(volume).connect(destination);
          oscillator.start();
          return destination.stream;
        };
        window.hear = (pc) => {
          window.pc = pc;
          pc.addEventListener('track', (event) => {
            const stream = new MediaStream([event.track]);
            const element = document.createElement('audio');
            element.srcObject = stream;
            element.autoplay = true;
            document.body.append(element);
            context.createMediaStreamSource(stream).connect(analyser);
          });
        };
        window.loudest = () => {
          const bins = new Float32Array(analyser.frequencyBinCount);
          analyser.getFloatFrequencyData(bins);
          let best = 1;
          for (let i = 2; i < bins.length; i++) if (bins[i] > bins[best]) best = i;
          return {hz: best * context.sampleRate / analyser.fftSize, level: bins[best]};
        };
        window.hears = (hz) => {
          const now = loudest();
          return now.level > -60 && Math.abs(now.hz - hz) < 15;
        };
        window.silent = () => loudest().level < -70;
        window.events = [];
        return context.resume();
      })()
      """;

  private static final String JSSIP =
      """
      (() => {
        window.start = (url, user, domain, password, hz) => {
          window.stream = tone(hz);
          const ua = new JsSIP.UA({
            sockets: [new JsSIP.WebSocketInterface(url)],
            uri: `sip:${user}@${domain}`, password, register: true, session_timers: false});
          window.ua = ua;
          ua.on('connected', () => events.push('connected'));
          ua.on('disconnected', (e) => events.push('disconnected ' + e.code + ' ' + e.reason));
          ua.on('registered', () => events.push('registered'));
          ua.on('registrationFailed', (e) => events.push('refused ' + e.cause));
          ua.on('newRTCSession', (e) => {
            window.session = e.session;
            e.session.on('progress', () => events.push('progress'));
            e.session.on('confirmed', () => events.push('confirmed'));
            e.session.on('failed', (f) => events.push(
                'failed ' + f.cause + ' ' + (f.message ? f.message.status_code || '' : '')));
            e.session.on('ended', (f) => events.push('ended ' + f.originator));
            e.session.on('hold', (f) => events.push('hold ' + f.originator));
            e.session.on('unhold', (f) => events.push('unhold ' + f.originator));
            e.session.on('newDTMF', (f) => {
              if (f.originator === 'remote') events.push('dtmf ' + f.dtmf.tone);
            });
            e.session.on('peerconnection', (f) => hear(f.peerconnection));
            if (e.originator === 'remote') {
              events.push('ringing');
              window.answer = () =>
                  e.session.answer({mediaStream: stream, pcConfig: {iceServers: []}});
            } else if (e.session.connection) {
              hear(e.session.connection);
            }
          });
          ua.start();
        };
        window.call = (target) => {
          ua.call(target, {mediaStream: stream, pcConfig: {iceServers: []}});
          return true;
        };
        window.hangUp = () => session.terminate();
        return true;
      })()
      """;

  private static final String SIPJS =
      """
      (() => {
        const web = SIP.Web;
        window.start = async (url, user, domain, password, hz) => {
          window.stream = tone(hz);
          const agent = new SIP.UserAgent({
            uri: SIP.UserAgent.makeURI(`sip:${user}@${domain}`),
            authorizationUsername: user, authorizationPassword: password,
            transportOptions: {server: url}, logBuiltinEnabled: false,
            sessionDescriptionHandlerFactory: web.defaultSessionDescriptionHandlerFactory(
                async () => stream.clone()),
            sessionDescriptionHandlerFactoryOptions: {
              peerConnectionConfiguration: {iceServers: []}},
            delegate: {onInvite: (invitation) => {
              events.push('ringing');
              follow(invitation);
              window.answer = () => invitation.accept();
            }}});
          window.agent = agent;
          window.domain = domain;
          await agent.start();
          const registerer = new SIP.Registerer(agent);
          registerer.stateChange.addListener((state) => {
            if (state === 'Registered') events.push('registered');
          });
          await registerer.register({requestDelegate: {
            onReject: (r) => events.push('refused ' + r.message.statusCode)}});
          return true;
        };
        const follow = (session) => {
          window.session = session;
          session.delegate = {
            onInfo: (info) => {
              events.push('dtmf ' + info.request.body.replace(/.*Signal=(.).*/s, '$1'));
              info.accept();
            },
            onSessionDescriptionHandler: (handler) => hear(handler.peerConnection),
          };
          session.stateChange.addListener((state) => {
            if (state === 'Established') events.push('confirmed');
            if (state === 'Terminated') events.push('ended');
          });
        };
        window.call = (target) => {
          const inviter = new SIP.Inviter(agent, SIP.UserAgent.makeURI(target));
          follow(inviter);
          return inviter.invite({requestDelegate: {
            onProgress: (r) => events.push('progress ' + r.message.statusCode),
            onReject: (r) => events.push('failed ' + r.message.statusCode)}}).then(() => true);
        };
        window.hangUp = () => session.bye().then(() => true);
        return true;
      })()
      """;

  final Browser.Page page;

  /// @param url of a page on the gateway's machine: those of nowhere may not reach it
  PhonePage(Browser browser, String url, String script) throws IOException {
    page = browser.newPage();
    page.open(url);
    Path bundle = Programs.root().resolve("testing/interop/target/peers/phones.js");
    if (!Files.exists(bundle)) {
      throw new Programs.MissingProgramException(
          bundle + " is missing; testing/interop/peers/build makes it");
    }
    page.evaluate("(() => { " + Files.readString(bundle) + "; return true; })()");
    page.evaluate(SOUND);
    page.evaluate(script);
  }

  /// A page with JsSIP.
  static PhonePage jsSip(Browser browser, String url) throws IOException {
    return new PhonePage(browser, url, JSSIP);
  }

  /// A page with SIP.js.
  static PhonePage sipJs(Browser browser, String url) throws IOException {
    return new PhonePage(browser, url, SIPJS);
  }

  /// A page with the softphone of that name.
  static PhonePage of(String library, Browser browser, String url) throws IOException {
    return library.equals("jssip") ? jsSip(browser, url) : sipJs(browser, url);
  }

  /// Registers.
  void register(String url, String user, String domain, String password, int hz) {
    page.evaluate("start('%s', '%s', '%s', '%s', %d)".formatted(url, user, domain, password, hz));
    await("registered");
  }

  JsonNode evaluate(String expression) {
    return page.evaluate(expression);
  }

  /// Waits for an event of the softphone; what it was told until then is in the message.
  void await(String event) {
    try {
      page.waitUntil("events.some((each) => each.startsWith('" + event + "'))", LIMIT);
    } catch (BrowserException e) {
      throw new AssertionError(
          "no \"" + event + "\" among " + page.evaluate("events") + "; " + e.getMessage(), e);
    }
  }

  void waitUntil(String expression) {
    try {
      page.waitUntil(expression, LIMIT);
    } catch (BrowserException e) {
      throw new AssertionError(
          e.getMessage()
              + "; events "
              + page.evaluate("events")
              + ", heard "
              + page.evaluate("loudest()"),
          e);
    }
  }

  @Override
  public void close() {
    page.close();
  }
}
