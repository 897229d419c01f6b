package org.klatsch.stun;

/// Types of STUN attributes. Those below 0x8000 are comprehension-required: a receiver that does
/// not know one must not go on as if it were absent, RFC 8489 §14.
public final class StunAttributeType {
  /// RFC 8489 §14.1.
  public static final int MAPPED_ADDRESS = 0x0001;

  /// RFC 5780 §7.2.
  public static final int CHANGE_REQUEST = 0x0003;

  /// RFC 8489 §14.3.
  public static final int USERNAME = 0x0006;

  /// RFC 8489 §14.5.
  public static final int MESSAGE_INTEGRITY = 0x0008;

  /// RFC 8489 §14.8.
  public static final int ERROR_CODE = 0x0009;

  /// RFC 8489 §14.13.
  public static final int UNKNOWN_ATTRIBUTES = 0x000a;

  /// RFC 8656 §18.1.
  public static final int CHANNEL_NUMBER = 0x000c;

  /// RFC 8656 §18.2.
  public static final int LIFETIME = 0x000d;

  /// RFC 8656 §18.3.
  public static final int XOR_PEER_ADDRESS = 0x0012;

  /// RFC 8656 §18.4.
  public static final int DATA = 0x0013;

  /// RFC 8489 §14.9.
  public static final int REALM = 0x0014;

  /// RFC 8489 §14.10.
  public static final int NONCE = 0x0015;

  /// RFC 8656 §18.5.
  public static final int XOR_RELAYED_ADDRESS = 0x0016;

  /// RFC 8656 §18.6.
  public static final int REQUESTED_ADDRESS_FAMILY = 0x0017;

  /// RFC 8656 §18.7.
  public static final int EVEN_PORT = 0x0018;

  /// RFC 8656 §18.8.
  public static final int REQUESTED_TRANSPORT = 0x0019;

  /// RFC 8656 §18.9.
  public static final int DONT_FRAGMENT = 0x001a;

  /// RFC 8489 §14.6.
  public static final int MESSAGE_INTEGRITY_SHA256 = 0x001c;

  /// RFC 8489 §14.12.
  public static final int PASSWORD_ALGORITHM = 0x001d;

  /// RFC 8489 §14.4.
  public static final int USERHASH = 0x001e;

  /// RFC 8489 §14.2.
  public static final int XOR_MAPPED_ADDRESS = 0x0020;

  /// RFC 8656 §18.10.
  public static final int RESERVATION_TOKEN = 0x0022;

  /// RFC 8445 §16.1.
  public static final int PRIORITY = 0x0024;

  /// RFC 8445 §16.1.
  public static final int USE_CANDIDATE = 0x0025;

  /// RFC 5780 §7.6.
  public static final int PADDING = 0x0026;

  /// RFC 5780 §7.5.
  public static final int RESPONSE_PORT = 0x0027;

  /// RFC 6062 §6.2.1.
  public static final int CONNECTION_ID = 0x002a;

  /// RFC 8656 §18.11.
  public static final int ADDITIONAL_ADDRESS_FAMILY = 0x8000;

  /// RFC 8656 §18.12.
  public static final int ADDRESS_ERROR_CODE = 0x8001;

  /// RFC 8489 §14.11.
  public static final int PASSWORD_ALGORITHMS = 0x8002;

  /// RFC 8489 §14.16.
  public static final int ALTERNATE_DOMAIN = 0x8003;

  /// RFC 8489 §14.14.
  public static final int SOFTWARE = 0x8022;

  /// RFC 8489 §14.15.
  public static final int ALTERNATE_SERVER = 0x8023;

  /// RFC 8489 §14.7.
  public static final int FINGERPRINT = 0x8028;

  /// RFC 8445 §16.1.
  public static final int ICE_CONTROLLED = 0x8029;

  /// RFC 8445 §16.1.
  public static final int ICE_CONTROLLING = 0x802a;

  /// RFC 5780 §7.3.
  public static final int RESPONSE_ORIGIN = 0x802b;

  /// RFC 5780 §7.4.
  public static final int OTHER_ADDRESS = 0x802c;

  /// The number of a nomination, draft-thatcher-ice-renomination-01 §4, at the unregistered value
  /// that libwebrtc and Pion use.
  public static final int NOMINATION = 0xc001;

  /// A DTLS datagram in a connectivity check or its answer, draft-hancke-webrtc-sped-00 §3.3.2.1,
  /// at the value that libwebrtc uses.
  public static final int DTLS_IN_STUN = 0xc070;

  /// Which of them have come, draft-hancke-webrtc-sped-00 §3.3.2.2.
  public static final int DTLS_IN_STUN_ACKNOWLEDGEMENT = 0xc071;

  private StunAttributeType() {}

  /// Whether a receiver may ignore an attribute of this type that it does not know.
  public static boolean isComprehensionOptional(int type) {
    return type >= 0x8000;
  }
}
