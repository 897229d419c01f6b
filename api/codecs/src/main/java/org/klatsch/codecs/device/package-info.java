/// What a machine hears, sees and plays with: microphones, cameras, screens, loudspeakers, behind
/// one SPI, so that the W3C API needs none of the libraries that reach them.
@NullMarked
package org.klatsch.codecs.device;

import org.jspecify.annotations.NullMarked;
