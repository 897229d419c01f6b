package org.klatsch.sansio;

import org.jspecify.annotations.Nullable;

/// The driver's buffer of outgoing packets. A core writes a packet at [#position()] of [#array()]
/// and commits it; the packet stands behind those already there, so that a driver can hand a run of
/// packets to the kernel without copying.
///
/// Full when the driver's budget for this turn is spent or the next packet might not fit, so one
/// bulk peer cannot starve the others on its loop. Not thread-safe.
public final class TransmitBuffer {
  /// The largest UDP payload over IPv4, RFC 791 §3.1 and RFC 768.
  public static final int MAX_UDP_PAYLOAD = 65_507;

  private final byte[] array;
  private final int packetRoom;
  private final int[] offsets;
  private final int[] lengths;
  private final byte[] ecns;
  private final @Nullable TransportAddress[] locals;
  private final @Nullable TransportAddress[] remotes;
  private int packetCount;
  private int position;
  private @Nullable TransportAddress local;
  private @Nullable TransportAddress remote;
  private byte ecn;
  private int budget;

  /// @param maxPackets how many packets fit, the turn's budget
  /// @param packetRoom bytes that every packet may take; the buffer is full when fewer are left
  public TransmitBuffer(int maxPackets, int packetRoom) {
    if (maxPackets < 1 || packetRoom < 1 || packetRoom > MAX_UDP_PAYLOAD) {
      throw new IllegalArgumentException(
          "maxPackets " + maxPackets + " and packetRoom " + packetRoom + " must be at least 1");
    }
    this.array = new byte[Math.multiplyExact(maxPackets, packetRoom)];
    this.packetRoom = packetRoom;
    this.offsets = new int[maxPackets];
    this.lengths = new int[maxPackets];
    this.ecns = new byte[maxPackets];
    this.locals = new TransportAddress[maxPackets];
    this.remotes = new TransportAddress[maxPackets];
    this.budget = maxPackets;
  }

  /// Whether no further packet may be written this turn.
  public boolean isFull() {
    return packetCount >= budget || array.length - position < packetRoom;
  }

  /// The array that packets are written into, owned by the driver and reused after the turn.
  public byte[] array() {
    return array;
  }

  /// Where the next packet starts in [#array()].
  public int position() {
    return position;
  }

  /// How many bytes the next packet may take.
  public int remaining() {
    return array.length - position;
  }

  /// Sets the addresses of the packets committed from now on. A core that does not know them (DTLS,
  /// SCTP) leaves this to the layer that composes it.
  ///
  /// @param local the local address to send from, or null to leave the choice to the system
  public void route(@Nullable TransportAddress local, @Nullable TransportAddress remote) {
    this.local = local;
    this.remote = remote;
  }

  /// Sets the ECN code point (0 to 3, RFC 3168 §5) of the packets committed from now on.
  public void ecn(int codePoint) {
    this.ecn = (byte) (codePoint & 3);
  }

  /// Makes the `length` bytes at [#position()] a packet.
  public void commit(int length) {
    if (length < 0 || length > remaining() || packetCount == lengths.length) {
      throw new IllegalStateException(
          "cannot commit " + length + " bytes, " + remaining() + " left, packet " + packetCount);
    }
    offsets[packetCount] = position;
    lengths[packetCount] = length;
    ecns[packetCount] = ecn;
    locals[packetCount] = local;
    remotes[packetCount] = remote;
    packetCount++;
    position += length;
  }

  /// Takes the last packet back: its bytes stand at [#position()] again, not committed. For a layer
  /// that wraps what another one has written.
  ///
  /// @return its length in bytes
  public int retract() {
    if (packetCount == 0) {
      throw new IllegalStateException("there is no packet to take back");
    }
    packetCount--;
    position = offsets[packetCount];
    return lengths[packetCount];
  }

  /// Limits how many packets may stand in the buffer this turn; 0 while the socket is unwritable.
  public void budget(int packets) {
    budget = Math.clamp(packets, 0, lengths.length);
  }

  /// Number of packets committed since the last [#clear()].
  public int packetCount() {
    return packetCount;
  }

  /// Offset of packet `index` in [#array()].
  public int packetOffset(int index) {
    return offsets[index];
  }

  /// Length of packet `index` in bytes.
  public int packetLength(int index) {
    return lengths[index];
  }

  /// Local address of packet `index`, null when the system chooses.
  public @Nullable TransportAddress packetLocal(int index) {
    return locals[index];
  }

  /// Destination of packet `index`, null when the driver's socket is connected.
  public @Nullable TransportAddress packetRemote(int index) {
    return remotes[index];
  }

  /// ECN code point of packet `index`.
  public int packetEcn(int index) {
    return ecns[index];
  }

  /// Forgets all packets; the route and the ECN code point are reset too.
  public void clear() {
    for (int i = 0; i < packetCount; i++) {
      locals[i] = null;
      remotes[i] = null;
    }
    packetCount = 0;
    position = 0;
    local = null;
    remote = null;
    ecn = 0;
  }
}
