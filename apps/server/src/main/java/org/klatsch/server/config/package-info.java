/// The configuration: one YAML file, environment variables and flags. A flag goes before a
/// variable, a variable before the file, the file before the default.
///
/// Whoever needs settings asks a [org.klatsch.server.config.Section] for them; what nobody asked
/// for is a wrong key and named as such. So a part of the program brings its keys along without a
/// list of them here.
@NullMarked
package org.klatsch.server.config;

import org.jspecify.annotations.NullMarked;
