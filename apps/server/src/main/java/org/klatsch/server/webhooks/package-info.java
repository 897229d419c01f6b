/// Tells tenants' own servers what happens: signed HTTP requests after the "Standard Webhooks"
/// convention, out of an outbox that outlives the process, repeated until they are taken.
@NullMarked
package org.klatsch.server.webhooks;

import org.jspecify.annotations.NullMarked;
