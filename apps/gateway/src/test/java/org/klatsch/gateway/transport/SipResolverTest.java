package org.klatsch.gateway.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.klatsch.gateway.transport.SipResolver.Pointer;
import org.klatsch.gateway.transport.SipResolver.Service;
import org.klatsch.sip.Flow;
import org.klatsch.sip.SipTransport;
import org.klatsch.sip.SipUri;
import org.klatsch.sip.Uri;

class SipResolverTest {
  /// A zone in tables.
  private static final class Zone implements SipResolver.Records {
    final Map<String, List<Pointer>> pointers = new HashMap<>();
    final Map<String, List<Service>> services = new HashMap<>();
    final Map<String, String> addresses = new HashMap<>();

    @Override
    public List<Pointer> pointers(String name) {
      return pointers.getOrDefault(name, List.of());
    }

    @Override
    public List<Service> services(String name) {
      return services.getOrDefault(name, List.of());
    }

    @Override
    public List<InetAddress> addresses(String name) throws UnknownHostException {
      String address = addresses.getOrDefault(name, name);
      if (!address.matches("[0-9.]+|[0-9a-f:]+")) {
        throw new UnknownHostException(name);
      }
      return List.of(InetAddress.getByName(address));
    }
  }

  private final Zone zone = new Zone();
  private final SipResolver resolver =
      new SipResolver(
          zone, EnumSet.of(SipTransport.UDP, SipTransport.TCP, SipTransport.TLS), new Random(1));

  private List<String> find(String uri) throws UnknownHostException {
    return resolver.resolve((SipUri) Uri.of(uri)).stream()
        .map(flow -> flow.transport() + " " + flow.remote())
        .toList();
  }

  @Test
  void literalsAndPortsNeedNoRecords() throws UnknownHostException {
    zone.addresses.put("pbx.example.com", "192.0.2.7");
    zone.services.put("_sip._udp.pbx.example.com", List.of(new Service(1, 1, 9, "192.0.2.99")));
    assertThat(find("sip:192.0.2.1")).containsExactly("UDP 192.0.2.1:5060");
    assertThat(find("sip:[2001:db8::1]:5070;transport=tcp"))
        .containsExactly("TCP [2001:db8::1]:5070");
    assertThat(find("sips:192.0.2.1")).containsExactly("TLS 192.0.2.1:5061");
    assertThat(find("sip:pbx.example.com:5080")).containsExactly("UDP 192.0.2.7:5080");
  }

  @Test
  void followsPointersAndServices() throws UnknownHostException {
    zone.pointers.put(
        "example.com",
        List.of(
            new Pointer(100, 50, "s", "SIP+D2U", "_sip._udp.example.com"),
            new Pointer(50, 50, "s", "SIPS+D2T", "_sips._tcp.example.com"),
            new Pointer(10, 50, "s", "SIPS+D2S", "_sips._sctp.example.com")));
    zone.services.put("_sips._tcp.example.com", List.of(new Service(1, 0, 5061, "a.example.com")));
    zone.services.put("_sip._udp.example.com", List.of(new Service(1, 0, 5060, "b.example.com")));
    zone.addresses.put("a.example.com", "192.0.2.1");
    zone.addresses.put("b.example.com", "192.0.2.2");
    assertThat(find("sip:example.com")).containsExactly("TLS 192.0.2.1:5061", "UDP 192.0.2.2:5060");
    Flow secure = resolver.resolve((SipUri) Uri.of("sip:example.com")).getFirst();
    assertThat(secure.serverName()).isEqualTo("example.com");
  }

  @Test
  void triesServicesByPriority() throws UnknownHostException {
    zone.services.put(
        "_sip._tcp.example.com",
        List.of(
            new Service(20, 0, 5062, "192.0.2.2"),
            new Service(10, 0, 5061, "192.0.2.1"),
            new Service(30, 0, 5063, "gone.example.com")));
    assertThat(find("sip:example.com;transport=tcp"))
        .containsExactly("TCP 192.0.2.1:5061", "TCP 192.0.2.2:5062");
  }

  @Test
  void drawsServicesOfOnePriorityByWeight() throws UnknownHostException {
    int heavy = 0;
    zone.services.put(
        "_sip._udp.example.com",
        List.of(new Service(1, 10, 1, "192.0.2.1"), new Service(1, 90, 2, "192.0.2.2")));
    for (int seed = 0; seed < 200; seed++) {
      SipResolver each =
          new SipResolver(zone, EnumSet.of(SipTransport.UDP), new Random(seed * 7919L));
      List<Flow> flows = each.resolve((SipUri) Uri.of("sip:example.com"));
      assertThat(flows).hasSize(2);
      heavy += flows.getFirst().remote().port() == 2 ? 1 : 0;
    }
    assertThat(heavy).isBetween(150, 199);
  }

  @Test
  void fallsBackToTheAddress() throws UnknownHostException {
    zone.addresses.put("pbx.example.com", "192.0.2.7");
    assertThat(find("sip:pbx.example.com")).containsExactly("UDP 192.0.2.7:5060");
    assertThat(find("sips:pbx.example.com")).containsExactly("TLS 192.0.2.7:5061");
  }

  @Test
  void neverDialsTheNamesOfBrowsers() {
    zone.addresses.put("df7jal23ls0d.invalid", "192.0.2.7");
    assertThatThrownBy(() -> find("sip:df7jal23ls0d.invalid;transport=ws"))
        .isInstanceOf(UnknownHostException.class);
    assertThatThrownBy(() -> find("sip:df7jal23ls0d.invalid"))
        .isInstanceOf(UnknownHostException.class);
  }
}
