package org.klatsch.gateway.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.klatsch.gateway.media.Codecs;
import org.klatsch.media.RtpCodec;
import org.klatsch.server.config.ConfigurationException;
import org.klatsch.server.config.Section;
import org.klatsch.server.config.Value;

/// The part `sip` of the configuration.
///
/// @param domains whose users register here
/// @param routes the first that matches is taken
/// @param trunks by name, those that routes made among them
/// @param musicOnHold a WAV file, null for silence
/// @param recordings where recorded calls go, null for the data directory
/// @param browserDtmf how keys are sent to browsers
public record SipSettings(
    List<Domain> domains,
    List<Route> routes,
    Map<String, Trunk> trunks,
    @Nullable Path musicOnHold,
    @Nullable Path recordings,
    DtmfMode browserDtmf) {
  /// Nothing configured: browsers of this machine may register as anybody at `localhost` and call
  /// each other.
  public static final SipSettings DEFAULT =
      new SipSettings(
          List.of(new Domain("localhost", true, List.of())),
          List.of(),
          Map.of(),
          null,
          null,
          DtmfMode.INFO);

  public SipSettings {
    domains = List.copyOf(domains);
    routes = List.copyOf(routes);
    trunks = Map.copyOf(trunks);
  }

  /// The domain of a name, or null.
  public @Nullable Domain domain(String name) {
    for (Domain each : domains) {
      if (each.name().equalsIgnoreCase(name)) {
        return each;
      }
    }
    return null;
  }

  /// The first route for a number, or null.
  public @Nullable Route route(String number) {
    for (Route each : routes) {
      if (each.match().matches(number)) {
        return each;
      }
    }
    return null;
  }

  /// Reads the section; keys that are not known are named by [Section#finish].
  public static SipSettings read(Section sip) throws ConfigurationException {
    List<Domain> domains = new ArrayList<>();
    for (Section each : sip.sections("domains")) {
      domains.add(domain(each));
    }
    Map<String, Trunk> trunks = new HashMap<>();
    for (Section each : sip.sections("trunks")) {
      Trunk trunk = trunk(each);
      if (trunks.put(trunk.name(), trunk) != null) {
        throw each.required("name").bad("a name that no other trunk has");
      }
    }
    List<Route> routes = new ArrayList<>();
    for (Section each : sip.sections("routes")) {
      routes.add(route(each, trunks));
    }
    Value music = sip.value("musicOnHold");
    Value recordings = sip.value("recordings");
    Value dtmf = sip.value("browserDtmf");
    return new SipSettings(
        domains.isEmpty() ? DEFAULT.domains() : domains,
        routes,
        trunks,
        music == null ? null : music.path(),
        recordings == null ? null : recordings.path(),
        dtmf == null ? DtmfMode.INFO : dtmf(dtmf));
  }

  private static Domain domain(Section section) throws ConfigurationException {
    List<Domain.User> users = new ArrayList<>();
    for (Section each : section.sections("users")) {
      users.add(new Domain.User(each.required("name").text(), each.required("password").text()));
    }
    return new Domain(
        section.required("name").text(), section.bool("openRegistration", false), users);
  }

  private static Trunk trunk(Section section) throws ConfigurationException {
    Value uri = section.required("uri");
    if (!uri.text().matches("sips?:\\S+")) {
      throw uri.bad("a URI as sip:pbx.example.org;transport=tcp");
    }
    Value srtp = section.value("srtp");
    Value dtmf = section.value("dtmf");
    Value check = section.value("check");
    Value user = section.value("user");
    Value password = section.value("password");
    List<Integer> failOver = new ArrayList<>();
    for (Value each : section.values("failOver")) {
      failOver.add(each.integer(300, 699));
    }
    return new Trunk(
        section.required("name").text(),
        uri.text(),
        user == null ? null : user.text(),
        password == null ? null : password.text(),
        section.bool("register", false),
        codecs(section),
        srtp != null && srtp.oneOf("off", "required").equals("required")
            ? SrtpMode.REQUIRED
            : SrtpMode.OFF,
        dtmf == null ? DtmfMode.RFC4733 : dtmf(dtmf),
        section.bool("nat", false),
        failOver.isEmpty() ? Trunk.FAIL_OVER : failOver,
        check == null ? Duration.ZERO : check.duration());
  }

  private static DtmfMode dtmf(Value value) throws ConfigurationException {
    return DtmfMode.valueOf(value.oneOf("rfc4733", "info", "inband").toUpperCase(Locale.ROOT));
  }

  private static List<RtpCodec> codecs(Section section) throws ConfigurationException {
    List<RtpCodec> codecs = new ArrayList<>();
    for (Value each : section.values("codecs")) {
      RtpCodec codec = Codecs.ofName(each.text());
      if (codec == null) {
        throw each.bad("pcmu, pcma, g722 or opus");
      }
      codecs.add(codec);
    }
    return codecs.isEmpty() ? Codecs.PHONE : codecs;
  }

  private static Route route(Section section, Map<String, Trunk> trunks)
      throws ConfigurationException {
    Value match = section.required("match");
    NumberPattern pattern;
    try {
      pattern = NumberPattern.parse(match.text());
    } catch (IllegalArgumentException e) {
      throw match.bad("a pattern as 9xxx: " + e.getMessage());
    }
    List<String> names = new ArrayList<>();
    for (Value each : section.values("trunks")) {
      if (!trunks.containsKey(each.text())) {
        throw each.bad("the name of a trunk");
      }
      names.add(each.text());
    }
    List<RtpCodec> codecs = codecs(section);
    for (Value each : section.values("to")) {
      if (each.text().matches("sips?:\\S+")) {
        // Such a trunk is called as its address.
        trunks.putIfAbsent(each.text(), Trunk.of(each.text(), each.text(), codecs));
      } else if (!trunks.containsKey(each.text())) {
        throw each.bad("a URI as sip:192.0.2.1:5060, or the name of a trunk");
      }
      names.add(each.text());
    }
    if (names.isEmpty()) {
      throw section.required("match").bad("a route with \"to\" or \"trunks\"");
    }
    return new Route(
        pattern,
        section.integer("strip", 0, 0, 64),
        section.text("prefix", ""),
        names,
        section.bool("record", false));
  }
}
