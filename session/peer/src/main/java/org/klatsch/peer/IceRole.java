package org.klatsch.peer;

/// Who nominates candidate pairs, RFC 8445 §6.1.1. The values are the W3C's `RTCIceRole`.
public enum IceRole {
  CONTROLLING,
  CONTROLLED
}
