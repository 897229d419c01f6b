package org.klatsch.sip;

/// Which reliable provisional response a PRACK acknowledges, RFC 3262 §7.2.
public record RAck(long responseNumber, CSeq cseq) {
  static RAck parse(Scanner in) throws MalformedSipException {
    long number = in.number(0xffff_ffffL);
    in.skipSpace();
    return new RAck(number, CSeq.parse(in));
  }

  @Override
  public String toString() {
    return responseNumber + " " + cseq;
  }
}
