/// Browsers and other stacks as peers: headless Chromium and Firefox driven from outside, and other
/// WebRTC stacks as processes behind one command line.
@NullMarked
package org.klatsch.interop;

import org.jspecify.annotations.NullMarked;
