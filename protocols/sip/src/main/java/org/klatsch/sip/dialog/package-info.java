/// What lives as long as a dialog: the timer that ends sessions whose peer has gone (RFC 4028).
///
/// Glossary: the *refresher* is the side that renews a session by re-INVITE or UPDATE before it
/// expires.
@NullMarked
package org.klatsch.sip.dialog;

import org.jspecify.annotations.NullMarked;
