package org.klatsch.net;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.FlightRecorder;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/// The flight recorder's view of event loops. Nothing is computed, nor the event classes loaded,
/// while no recording runs.
final class LoopEvents {
  private LoopEvents() {}

  static void stalled(String loop, long nanos) {
    if (!FlightRecorder.isInitialized()) {
      return;
    }
    Stall event = new Stall();
    if (event.isEnabled()) {
      event.loop = loop;
      event.worked = nanos;
      event.commit();
    }
  }

  static void suspended(String loop, long nanos) {
    if (!FlightRecorder.isInitialized()) {
      return;
    }
    Suspension event = new Suspension();
    if (event.isEnabled()) {
      event.loop = loop;
      event.gap = nanos;
      event.commit();
    }
  }

  static void counted(EventLoop loop) {
    if (!FlightRecorder.isInitialized()) {
      return;
    }
    Counters event = new Counters();
    if (event.isEnabled()) {
      LoopCounters counters = loop.counters();
      event.loop = loop.name();
      event.packetsReceived = counters.packetsReceived();
      event.bytesReceived = counters.bytesReceived();
      event.packetsSent = counters.packetsSent();
      event.bytesSent = counters.bytesSent();
      event.sendsRefused = counters.sendsRefused();
      event.dropped = counters.pendingDropped() + counters.handoffDropped() + counters.unrouted();
      event.turns = counters.turns();
      event.cores = counters.cores();
      event.ports = counters.ports();
      event.commit();
    }
  }

  @Name("org.klatsch.LoopStall")
  @Label("Event Loop Stall")
  @Category({"Klatsch", "Network"})
  @Description("A turn of an event loop worked so long that live media is interrupted")
  @StackTrace(false)
  static final class Stall extends Event {
    @Label("Loop")
    String loop = "";

    @Label("Worked")
    @Timespan(Timespan.NANOSECONDS)
    long worked;
  }

  @Name("org.klatsch.LoopSuspension")
  @Label("Event Loop Suspension")
  @Category({"Klatsch", "Network"})
  @Description("The machine or the process stood still; sessions do not count the gap")
  @StackTrace(false)
  static final class Suspension extends Event {
    @Label("Loop")
    String loop = "";

    @Label("Gap")
    @Timespan(Timespan.NANOSECONDS)
    long gap;
  }

  @Name("org.klatsch.LoopCounters")
  @Label("Event Loop Counters")
  @Category({"Klatsch", "Network"})
  @Description("Totals of an event loop since its start, once a second while it is busy")
  @StackTrace(false)
  static final class Counters extends Event {
    @Label("Loop")
    String loop = "";

    @Label("Packets Received")
    long packetsReceived;

    @Label("Bytes Received")
    @DataAmount
    long bytesReceived;

    @Label("Packets Sent")
    long packetsSent;

    @Label("Bytes Sent")
    @DataAmount
    long bytesSent;

    @Label("Sends Refused")
    long sendsRefused;

    @Label("Dropped")
    long dropped;

    @Label("Turns")
    long turns;

    @Label("Cores")
    int cores;

    @Label("Ports")
    int ports;
  }
}
