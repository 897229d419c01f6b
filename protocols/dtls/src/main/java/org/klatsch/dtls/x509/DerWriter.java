package org.klatsch.dtls.x509;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/// Writes ASN.1 values in the Distinguished Encoding Rules (X.690 §10): tag, length, content. Every
/// method appends one value and returns the writer; nested values are writers of their own.
final class DerWriter {
  private static final int INTEGER = 0x02;
  private static final int BIT_STRING = 0x03;
  private static final int OBJECT_IDENTIFIER = 0x06;
  private static final int UTF8_STRING = 0x0c;
  private static final int UTC_TIME = 0x17;
  private static final int GENERALIZED_TIME = 0x18;
  private static final int NULL = 0x05;
  private static final int SEQUENCE = 0x30;
  private static final int SET = 0x31;
  private static final int CONTEXT_CONSTRUCTED = 0xa0;
  private static final DateTimeFormatter TWO_DIGIT_YEAR =
      DateTimeFormatter.ofPattern("yyMMddHHmmss'Z'", Locale.ROOT);
  private static final DateTimeFormatter FOUR_DIGIT_YEAR =
      DateTimeFormatter.ofPattern("yyyyMMddHHmmss'Z'", Locale.ROOT);

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  byte[] toByteArray() {
    return out.toByteArray();
  }

  /// A value that is DER already.
  DerWriter raw(byte[] der) {
    out.writeBytes(der);
    return this;
  }

  DerWriter integer(BigInteger value) {
    return value(INTEGER, value.toByteArray());
  }

  DerWriter nullValue() {
    return value(NULL, new byte[0]);
  }

  DerWriter sequence(DerWriter content) {
    return value(SEQUENCE, content.toByteArray());
  }

  DerWriter set(DerWriter content) {
    return value(SET, content.toByteArray());
  }

  /// `[number] EXPLICIT`.
  DerWriter explicit(int number, DerWriter content) {
    return value(CONTEXT_CONSTRUCTED | number, content.toByteArray());
  }

  DerWriter utf8String(String text) {
    return value(UTF8_STRING, text.getBytes(StandardCharsets.UTF_8));
  }

  /// A BIT STRING of whole bytes.
  DerWriter bitString(byte[] bytes) {
    byte[] content = new byte[bytes.length + 1];
    System.arraycopy(bytes, 0, content, 1, bytes.length);
    return value(BIT_STRING, content);
  }

  /// An object identifier in dotted form: the first two numbers share a byte, the others stand in
  /// base 128, X.690 §8.19.
  DerWriter objectIdentifier(String dotted) {
    String[] arcs = dotted.split("\\.", -1);
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    content.write(Integer.parseInt(arcs[0]) * 40 + Integer.parseInt(arcs[1]));
    for (int i = 2; i < arcs.length; i++) {
      int arc = Integer.parseInt(arcs[i]);
      for (int shift = 28; shift > 0; shift -= 7) {
        if (arc >>> shift != 0) {
          content.write(0x80 | arc >>> shift & 0x7f);
        }
      }
      content.write(arc & 0x7f);
    }
    return value(OBJECT_IDENTIFIER, content.toByteArray());
  }

  /// UTCTime through the year 2049, GeneralizedTime after: RFC 5280 §4.1.2.5.
  DerWriter time(Instant instant) {
    ZonedDateTime utc = instant.atZone(ZoneOffset.UTC);
    boolean utcTime = utc.getYear() >= 1950 && utc.getYear() < 2050;
    String text = utc.format(utcTime ? TWO_DIGIT_YEAR : FOUR_DIGIT_YEAR);
    return value(utcTime ? UTC_TIME : GENERALIZED_TIME, text.getBytes(StandardCharsets.US_ASCII));
  }

  private DerWriter value(int tag, byte[] content) {
    out.write(tag);
    int length = content.length;
    if (length < 0x80) {
      out.write(length);
    } else if (length < 0x100) {
      out.write(0x81);
      out.write(length);
    } else {
      out.write(0x82);
      out.write(length >>> 8);
      out.write(length);
    }
    if (length > 0xffff) {
      throw new IllegalArgumentException("a value of " + length + " bytes, at most 65535 fit");
    }
    out.writeBytes(content);
    return this;
  }
}
