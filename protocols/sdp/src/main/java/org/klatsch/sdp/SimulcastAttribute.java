package org.klatsch.sdp;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// `a=simulcast`: several encodings of one source, RFC 8853 §5.1. Each stream is a list of
/// alternatives, best first.
///
/// @param send streams its author sends
/// @param receive streams its author receives
/// @param receiveFirst whether `recv` is written before `send`
public record SimulcastAttribute(
    List<List<Alternative>> send, List<List<Alternative>> receive, boolean receiveFirst)
    implements Attribute {

  /// A rid, marked `~` while it is paused.
  public record Alternative(String rid, boolean paused) {
    public Alternative {
      Grammar.requireToken("rid", rid);
      if (rid.startsWith("~")) {
        throw new IllegalArgumentException("rid '" + rid + "', expected no ~");
      }
    }

    @Override
    public String toString() {
      return paused ? "~" + rid : rid;
    }
  }

  private static final int MAX = 64;

  public SimulcastAttribute {
    send = send.stream().map(List::copyOf).toList();
    receive = receive.stream().map(List::copyOf).toList();
    if (send.isEmpty() && receive.isEmpty()) {
      throw new IllegalArgumentException("simulcast without streams");
    }
  }

  static SimulcastAttribute read(Cursor in) throws MalformedSdpException {
    List<List<Alternative>> send = List.of();
    List<List<Alternative>> receive = List.of();
    boolean receiveFirst = false;
    do {
      String direction = in.word("simulcast direction");
      if (direction.equals("send") && send.isEmpty()) {
        send = streams(in);
      } else if (direction.equals("recv") && receive.isEmpty()) {
        receiveFirst = send.isEmpty();
        receive = streams(in);
      } else {
        throw in.error("simulcast direction is neither send nor recv, or given twice");
      }
    } while (in.hasMore());
    return new SimulcastAttribute(send, receive, receiveFirst);
  }

  private static List<List<Alternative>> streams(Cursor in) throws MalformedSdpException {
    List<List<Alternative>> streams = new ArrayList<>();
    int count = 0;
    for (String stream : in.word("simulcast streams").split(";", -1)) {
      List<Alternative> alternatives = new ArrayList<>();
      for (String text : stream.split(",", -1)) {
        boolean paused = text.startsWith("~");
        String rid = paused ? text.substring(1) : text;
        if (!Grammar.isToken(rid) || rid.startsWith("~") || ++count > MAX) {
          throw in.error("simulcast streams are not rids joined by , and ;");
        }
        alternatives.add(new Alternative(rid, paused));
      }
      streams.add(alternatives);
    }
    return streams;
  }

  @Override
  public String attributeName() {
    return "simulcast";
  }

  @Override
  public String attributeValue() {
    String sent = send.isEmpty() ? "" : "send " + text(send);
    String received = receive.isEmpty() ? "" : "recv " + text(receive);
    String between = send.isEmpty() || receive.isEmpty() ? "" : " ";
    return receiveFirst ? received + between + sent : sent + between + received;
  }

  private static String text(List<List<Alternative>> streams) {
    return streams.stream()
        .map(stream -> stream.stream().map(Alternative::toString).collect(Collectors.joining(",")))
        .collect(Collectors.joining(";"));
  }
}
