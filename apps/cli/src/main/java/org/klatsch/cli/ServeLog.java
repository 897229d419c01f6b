package org.klatsch.cli;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.AppenderBase;
import ch.qos.logback.core.OutputStreamAppender;
import java.util.Iterator;
import org.klatsch.server.api.LogTail;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The log of `klatsch serve`: as JSON if wanted, and its end for the administrator's page.
final class ServeLog {
  private ServeLog() {}

  /// Writes each line as a JSON object from now on.
  static void asJson() {
    ch.qos.logback.classic.Logger root = root();
    if (root == null) {
      return;
    }
    for (Iterator<Appender<ILoggingEvent>> all = root.iteratorForAppenders(); all.hasNext(); ) {
      if (all.next() instanceof OutputStreamAppender<ILoggingEvent> stream) {
        JsonEncoder encoder = new JsonEncoder();
        encoder.setContext(root.getLoggerContext());
        encoder.setWithFormattedMessage(true);
        encoder.setWithMessage(false);
        encoder.setWithArguments(false);
        encoder.setWithContext(false);
        encoder.setWithSequenceNumber(false);
        encoder.setWithNanoseconds(false);
        encoder.start();
        stream.stop();
        stream.setEncoder(encoder);
        stream.start();
      }
    }
  }

  /// Keeps the latest lines.
  static void keep(LogTail tail) {
    ch.qos.logback.classic.Logger root = root();
    if (root == null) {
      return;
    }
    LoggerContext context = root.getLoggerContext();
    var appender =
        new AppenderBase<ILoggingEvent>() {
          @Override
          protected void append(ILoggingEvent event) {
            String logger = event.getLoggerName();
            tail.add(
                event.getTimeStamp(),
                event.getLevel().toString(),
                logger.substring(logger.lastIndexOf('.') + 1),
                event.getFormattedMessage());
          }
        };
    appender.setContext(context);
    appender.start();
    root.addAppender(appender);
  }

  private static ch.qos.logback.classic.@org.jspecify.annotations.Nullable Logger root() {
    return LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME)
            instanceof ch.qos.logback.classic.Logger logger
        ? logger
        : null;
  }
}
