package org.klatsch.net;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.klatsch.net.io.SocketOptions;

/// How event loops and their sockets behave; [#DEFAULT] suits calls and data transfers.
///
/// @param loops how many loops a [NetworkDriver] runs
/// @param backend `nio`, `ffm`, or null to take `ffm` where it works and `nio` elsewhere
/// @param packetsPerTurn packets a session may send, and a socket may read, before the others of
///   its loop have their turn
/// @param packetRoom bytes a packet may have at least; larger ones fit while the turn's buffer has
///   room
/// @param tasksPerTurn tasks of other threads that run before sockets are looked at again
/// @param handoffPackets packets of other loops that may wait for one loop; more are dropped
/// @param pendingPackets packets that wait for an unwritable socket; more are dropped
/// @param sendBufferBytes asked of every socket
/// @param receiveBufferBytes asked of every socket
/// @param dontFragment sets DF on every packet
/// @param offload whether segmentation offload may be used
/// @param segmentsPerBurst segments of one burst to one destination
/// @param workThreads threads that run the cores' `Work`
/// @param workQueue pieces of work that may wait; beyond that the loop runs them itself
/// @param suspensionThreshold an unexplained gap of the clock beyond this counts as suspension
/// @param stallThreshold a turn that works longer than this is reported as a stall
/// @param spin how long a loop looks again before it sleeps
public record LoopOptions(
    int loops,
    @Nullable String backend,
    int packetsPerTurn,
    int packetRoom,
    int tasksPerTurn,
    int handoffPackets,
    int pendingPackets,
    int sendBufferBytes,
    int receiveBufferBytes,
    boolean dontFragment,
    boolean offload,
    int segmentsPerBurst,
    int workThreads,
    int workQueue,
    Duration suspensionThreshold,
    Duration stallThreshold,
    Duration spin) {
  /// The defaults, each for its reason:
  ///
  /// - `loops`: one a core; sessions share nothing across loops.
  /// - `packetsPerTurn` 64: about 1 ms of a gigabit link, so that a call beside a bulk transfer
  ///   waits no longer than that.
  /// - `packetRoom` 2,048: an Ethernet frame's payload with room to spare.
  /// - `sendBufferBytes`, `receiveBufferBytes` 4 MiB: the usual default of 208 KiB loses 0.2 to 0.5
  ///   % of a fast transfer's packets, which keeps cutting its window.
  /// - `dontFragment`: path MTU discovery by probes (RFC 8899) cannot work otherwise.
  /// - `segmentsPerBurst` 16: bursts of 64 KB overflow default receive buffers.
  /// - `workThreads`: one a core; the work is pure computation.
  /// - `suspensionThreshold` 5 s: longer than any pause of a healthy process, shorter than consent
  ///   lasts (30 s, RFC 7675 §5.1).
  /// - `stallThreshold` 100 ms: an interruption of live audio that can be heard.
  /// - `spin` 0: sleeping at once leaves the cores to others.
  public static final LoopOptions DEFAULT =
      new LoopOptions(
          Runtime.getRuntime().availableProcessors(),
          System.getProperty("klatsch.net.backend"),
          64,
          2048,
          256,
          1024,
          256,
          4 << 20,
          4 << 20,
          true,
          true,
          16,
          Runtime.getRuntime().availableProcessors(),
          65_536,
          Duration.ofSeconds(5),
          Duration.ofMillis(100),
          Duration.ZERO);

  public LoopOptions {
    atLeastOne("loops", loops);
    atLeastOne("packetsPerTurn", packetsPerTurn);
    atLeastOne("tasksPerTurn", tasksPerTurn);
    atLeastOne("handoffPackets", handoffPackets);
    atLeastOne("pendingPackets", pendingPackets);
    atLeastOne("segmentsPerBurst", segmentsPerBurst);
    atLeastOne("workThreads", workThreads);
    atLeastOne("workQueue", workQueue);
    if (packetRoom < 1280 || packetRoom > 65_507) {
      throw new IllegalArgumentException("packetRoom " + packetRoom + " is not in 1280 to 65507");
    }
    if (backend != null && !backend.equals("nio") && !backend.equals("ffm")) {
      throw new IllegalArgumentException("backend \"" + backend + "\" is neither nio nor ffm");
    }
  }

  private static void atLeastOne(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " " + value + " must be at least 1");
    }
  }

  SocketOptions socket(boolean reusePort) {
    return new SocketOptions(
        sendBufferBytes, receiveBufferBytes, reusePort, dontFragment, offload, segmentsPerBurst);
  }

  /// Starts from these options to change some.
  public Builder with() {
    return new Builder(this);
  }

  /// Options being changed.
  public static final class Builder {
    private int loops;
    private @Nullable String backend;
    private int packetsPerTurn;
    private int packetRoom;
    private int tasksPerTurn;
    private int handoffPackets;
    private int pendingPackets;
    private int sendBufferBytes;
    private int receiveBufferBytes;
    private boolean dontFragment;
    private boolean offload;
    private int segmentsPerBurst;
    private int workThreads;
    private int workQueue;
    private Duration suspensionThreshold;
    private Duration stallThreshold;
    private Duration spin;

    private Builder(LoopOptions from) {
      this.loops = from.loops;
      this.backend = from.backend;
      this.packetsPerTurn = from.packetsPerTurn;
      this.packetRoom = from.packetRoom;
      this.tasksPerTurn = from.tasksPerTurn;
      this.handoffPackets = from.handoffPackets;
      this.pendingPackets = from.pendingPackets;
      this.sendBufferBytes = from.sendBufferBytes;
      this.receiveBufferBytes = from.receiveBufferBytes;
      this.dontFragment = from.dontFragment;
      this.offload = from.offload;
      this.segmentsPerBurst = from.segmentsPerBurst;
      this.workThreads = from.workThreads;
      this.workQueue = from.workQueue;
      this.suspensionThreshold = from.suspensionThreshold;
      this.stallThreshold = from.stallThreshold;
      this.spin = from.spin;
    }

    public Builder loops(int value) {
      this.loops = value;
      return this;
    }

    public Builder backend(@Nullable String value) {
      this.backend = value;
      return this;
    }

    public Builder packetsPerTurn(int value) {
      this.packetsPerTurn = value;
      return this;
    }

    public Builder packetRoom(int value) {
      this.packetRoom = value;
      return this;
    }

    public Builder tasksPerTurn(int value) {
      this.tasksPerTurn = value;
      return this;
    }

    public Builder handoffPackets(int value) {
      this.handoffPackets = value;
      return this;
    }

    public Builder pendingPackets(int value) {
      this.pendingPackets = value;
      return this;
    }

    public Builder sendBufferBytes(int value) {
      this.sendBufferBytes = value;
      return this;
    }

    public Builder receiveBufferBytes(int value) {
      this.receiveBufferBytes = value;
      return this;
    }

    public Builder dontFragment(boolean value) {
      this.dontFragment = value;
      return this;
    }

    public Builder offload(boolean value) {
      this.offload = value;
      return this;
    }

    public Builder segmentsPerBurst(int value) {
      this.segmentsPerBurst = value;
      return this;
    }

    public Builder workThreads(int value) {
      this.workThreads = value;
      return this;
    }

    public Builder workQueue(int value) {
      this.workQueue = value;
      return this;
    }

    public Builder suspensionThreshold(Duration value) {
      this.suspensionThreshold = value;
      return this;
    }

    public Builder stallThreshold(Duration value) {
      this.stallThreshold = value;
      return this;
    }

    public Builder spin(Duration value) {
      this.spin = value;
      return this;
    }

    public LoopOptions build() {
      return new LoopOptions(
          loops,
          backend,
          packetsPerTurn,
          packetRoom,
          tasksPerTurn,
          handoffPackets,
          pendingPackets,
          sendBufferBytes,
          receiveBufferBytes,
          dontFragment,
          offload,
          segmentsPerBurst,
          workThreads,
          workQueue,
          suspensionThreshold,
          stallThreshold,
          spin);
    }
  }
}
