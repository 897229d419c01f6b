package org.klatsch.rooms;

import org.klatsch.rooms.transfer.MessageChannel;
import org.klatsch.webrtc.DOMException;
import org.klatsch.webrtc.RTCDataChannel;
import org.klatsch.webrtc.RTCPeerConnection;
import org.klatsch.webrtc.RTCSctpTransport;

/// An RTCDataChannel as the transfer protocol sees it.
record PeerChannel(RTCPeerConnection connection, RTCDataChannel channel) implements MessageChannel {
  @Override
  public void send(String text) {
    try {
      channel.send(text);
    } catch (DOMException e) {
      throw new IllegalStateException(e.getMessage(), e);
    }
  }

  @Override
  public void send(byte[] data, int off, int length) {
    try {
      channel.send(data, off, length);
    } catch (DOMException e) {
      throw new IllegalStateException(e.getMessage(), e);
    }
  }

  @Override
  public long bufferedAmount() {
    return channel.bufferedAmount();
  }

  @Override
  public void bufferedAmountLowThreshold(long bytes) {
    channel.bufferedAmountLowThreshold(bytes);
  }

  @Override
  public long maxMessageSize() {
    RTCSctpTransport transport = connection.sctp();
    // Infinity, W3C WebRTC §6.1.1, becomes Long.MAX_VALUE.
    return transport == null ? 65_536 : (long) transport.maxMessageSize();
  }
}
