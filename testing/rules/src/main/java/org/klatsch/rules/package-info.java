/// Architecture rules.
@NullMarked
package org.klatsch.rules;

import org.jspecify.annotations.NullMarked;
