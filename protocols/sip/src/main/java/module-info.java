/// SIP: messages, transactions, dialogs and digest authentication (RFC 3261).
module org.klatsch.sip {
  requires static org.jspecify;
  requires transitive org.klatsch.sansio;

  exports org.klatsch.sip;
  exports org.klatsch.sip.auth;
  exports org.klatsch.sip.dialog;
  exports org.klatsch.sip.registration;
  exports org.klatsch.sip.transaction;
}
