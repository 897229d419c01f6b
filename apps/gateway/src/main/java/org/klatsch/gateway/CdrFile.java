package org.klatsch.gateway;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.klatsch.gateway.calls.CallRecord;
import org.klatsch.gateway.media.LegQuality;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// The file of call detail records: a JSON object in each line, appended when a call has ended.
/// Thread-safe.
final class CdrFile implements AutoCloseable {
  private final Writer out;

  CdrFile(Path file) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    if (folder != null) {
      Files.createDirectories(folder);
    }
    out =
        Files.newBufferedWriter(
            file, StandardCharsets.UTF_8, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  synchronized void write(CallRecord call) {
    try {
      out.write(JsonMapper.shared().writeValueAsString(json(call)));
      out.write('\n');
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException("a call was not recorded in the CDR file", e);
    }
  }

  static ObjectNode json(CallRecord call) {
    Instant answered = call.answered();
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("id", call.id())
        .put("from", call.from())
        .put("to", call.to())
        .put("start", call.began().toString())
        .put("answer", answered == null ? null : answered.toString())
        .put("end", call.ended().toString())
        .put(
            "duration",
            answered == null ? 0 : Duration.between(answered, call.ended()).toMillis() / 1000.0)
        .put("status", call.status())
        .put("endedBy", call.endedBy());
    if (call.trunk() != null) {
      node.put("trunk", call.trunk());
    }
    node.put("transcoded", call.transcoded());
    side(node.putObject("caller"), call.callerCodec(), call.callerQuality());
    side(node.putObject("called"), call.calledCodec(), call.calledQuality());
    if (call.recording() != null) {
      node.put("recording", call.recording());
    }
    return node;
  }

  private static void side(ObjectNode node, @Nullable String codec, @Nullable LegQuality quality) {
    if (codec != null) {
      node.put("codec", codec);
    }
    if (quality != null) {
      long expected = quality.packets() + quality.lost();
      node.put("packets", quality.packets())
          .put("lost", quality.lost())
          .put("lossPercent", expected == 0 ? 0 : rounded(100.0 * quality.lost() / expected))
          .put("jitterMs", rounded(quality.jitterMillis()))
          .put("sent", quality.sent())
          .put("mos", rounded(quality.mos()));
      if (quality.roundTripMillis() >= 0) {
        node.put("roundTripMs", rounded(quality.roundTripMillis()));
      }
    }
  }

  private static double rounded(double value) {
    return Math.round(value * 100) / 100.0;
  }

  @Override
  public synchronized void close() throws IOException {
    out.close();
  }
}
