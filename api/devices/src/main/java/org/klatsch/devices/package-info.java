/// Microphones and loudspeakers through javax.sound.sampled, screens through java.awt, and pictures
/// as Java's own images. The only module that needs java.desktop.
@NullMarked
package org.klatsch.devices;

import org.jspecify.annotations.NullMarked;
