/// What the server keeps, behind one interface: entries with leases and fencing epochs, and logs
/// whose items are acknowledged. [org.klatsch.server.store.JournalStore] holds all of it in the
/// heap and in one journal file.
///
/// - *entry*: a value under a key, perhaps with an end (a lease)
/// - *epoch*: the number of the write that made an entry; each write's is higher than all before
/// - *log*: items in the order of their coming, each kept until acknowledged or trimmed
@NullMarked
package org.klatsch.server.store;

import org.jspecify.annotations.NullMarked;
