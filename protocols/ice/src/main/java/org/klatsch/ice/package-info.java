/// ICE agent, candidates, check lists and consent: RFC 8445, RFC 8838 (trickle), RFC 8421 (order of
/// families), RFC 7675 (consent), RFC 8863 (patience), RFC 8839 (candidates in text).
///
/// Glossary, after RFC 8445 §4:
///
/// - *candidate*: an address and port a peer may be reached at.
/// - *base*: what packets to a local candidate arrive at and are sent from: a socket of the driver.
/// - *pair*: a local and a remote candidate; *valid* once a check has succeeded over it.
/// - *check*: a Binding request with integrity from one candidate of a pair to the other.
/// - *nomination*: the controlling agent's choice of a valid pair; the *selected* pair carries
///   data.
/// - *session*: all that belongs to one exchange of credentials, until a restart.
///
/// Deviations are listed in docs/deviations.md.
@NullMarked
package org.klatsch.ice;

import org.jspecify.annotations.NullMarked;
