/// How much a path bears: congestion control of the class of Google Congestion Control
/// (draft-ietf-rmcat-gcc-02), which watches queues grow by the arrival times of packets, and
/// losses.
///
/// Glossary: a *group* is packets sent in one burst; the *trend* is how fast the delay of groups
/// grows; *application-limited* is a sender that has less to send than it may.
@NullMarked
package org.klatsch.media.bwe;

import org.jspecify.annotations.NullMarked;
