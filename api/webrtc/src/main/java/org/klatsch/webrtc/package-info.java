/// The W3C API: RTCPeerConnection and RTCDataChannel.
@NullMarked
package org.klatsch.webrtc;

import org.jspecify.annotations.NullMarked;
