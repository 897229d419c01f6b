/// Networks for tests: in virtual time for sans-IO cores, in user space for real programs.
///
/// - [Network]: hosts, links and NATs as one sans-IO core.
/// - [Simulation]: virtual time that drives protocol cores over a network. One printed seed replays
///   a run.
/// - [UdpRelay]: the same impairments between real sockets.
/// - [Seeds], [Mutations]: seeded randomness. [Capture]: packets of pcap and pcapng files.
///
/// NAT behaviour is named as RFC 4787 names it: mapping × filtering.
@NullMarked
package org.klatsch.testkit;

import org.jspecify.annotations.NullMarked;
