/// The REST interface under `/api/v1/`: for tenants' programs with a token that grants `admin`, and
/// for the server's administrator. Each operation describes itself, and `/api/v1/openapi.json` is
/// made of these descriptions.
@NullMarked
package org.klatsch.server.api;

import org.jspecify.annotations.NullMarked;
