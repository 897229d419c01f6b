package org.klatsch.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.klatsch.sansio.AddressPrefix;
import org.klatsch.sansio.TransportAddress;

/// Names that this process answers for, asked for over real multicast on loopback.
@Timeout(60)
class MdnsPublisherTest {
  private static final AddressPolicy LOOPBACK =
      AddressPolicy.all(
          InterfaceFilter.DEFAULT.withAllowed(List.of(AddressPrefix.parse("127.0.0.0/8"))));
  private static final TransportAddress ADDRESS = TransportAddress.parse("192.0.2.55", 4711);

  private static @Nullable TransportAddress resolve(NetworkDriver network, String name)
      throws Exception {
    try (MdnsResolver resolver = new MdnsResolver(network.nextLoop(), LOOPBACK, null)) {
      return resolver.resolve(name).get(20, TimeUnit.SECONDS);
    }
  }

  @Test
  void answersForANameUntilItIsWithdrawn() throws Exception {
    try (NetworkDriver network = new NetworkDriver(LoopOptions.DEFAULT.with().loops(1).build());
        MdnsPublisher publisher = new MdnsPublisher(LOOPBACK)) {
      String name = publisher.publish(ADDRESS);
      assumeTrue(name != null, "multicast on loopback");
      assertThat(name)
          .matches("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\\.local")
          .doesNotContain("192.0.2.55");
      assertThat(resolve(network, name)).isEqualTo(ADDRESS.withPort(0));
      String other = publisher.publish(ADDRESS);
      assertThat(other).isNotEqualTo(name);
      publisher.withdraw(name);
      assertThat(resolve(network, other)).isEqualTo(ADDRESS.withPort(0));
      assertThat(resolve(network, name)).isNull();
      publisher.withdraw(other);
      assertThat(publisher.names()).isZero();
      String again = publisher.publish(ADDRESS);
      assertThat(again).isNotNull();
      assertThat(resolve(network, again)).isEqualTo(ADDRESS.withPort(0));
    }
  }

  @Test
  void givesNoNameOnceClosed() {
    MdnsPublisher publisher = new MdnsPublisher(LOOPBACK);
    publisher.close();
    assertThat(publisher.publish(ADDRESS)).isNull();
  }
}
