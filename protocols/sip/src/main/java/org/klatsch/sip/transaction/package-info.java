/// Transactions: RFC 3261 §17 with the corrections of RFC 6026, symmetric response routing of RFC
/// 3581, and what RFC 4320 says of requests other than INVITE.
///
/// [TransactionLayer] holds all transactions of one owner: a call, a registration, or all requests
/// outside of calls. It takes messages with their flow and the time, and gives messages and events
/// out; it resolves no names and opens no connections.
///
/// Glossary: the *transaction user* is the owner above; *T1* estimates the round trip, *T2* caps
/// intervals between retransmissions, *T4* is how long the network keeps a message.
@NullMarked
package org.klatsch.sip.transaction;

import org.jspecify.annotations.NullMarked;
