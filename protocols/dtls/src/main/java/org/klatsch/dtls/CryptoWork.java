package org.klatsch.dtls;

import java.security.GeneralSecurityException;
import org.jspecify.annotations.Nullable;
import org.klatsch.sansio.MalformedPacketException;
import org.klatsch.sansio.Work;

/// A costly computation of the handshake and what to do with its result. The computation only sees
/// values given to it; the continuation runs on the connection's thread.
final class CryptoWork<T> implements Work {
  /// Runs on any thread.
  @FunctionalInterface
  interface Computation<T> {
    T compute() throws GeneralSecurityException, MalformedPacketException;
  }

  /// Runs on the connection's thread.
  @FunctionalInterface
  interface Continuation<T> {
    void resume(long now, T result) throws MalformedPacketException;
  }

  private final Computation<T> computation;
  private final Continuation<T> continuation;
  private @Nullable T result;
  private @Nullable Exception failure;

  CryptoWork(Computation<T> computation, Continuation<T> continuation) {
    this.computation = computation;
    this.continuation = continuation;
  }

  @Override
  public void run() {
    try {
      result = computation.compute();
    } catch (GeneralSecurityException | MalformedPacketException | RuntimeException e) {
      failure = e;
    }
  }

  /// Goes on where the computation was asked for.
  void resume(long now) throws MalformedPacketException {
    if (failure instanceof MalformedPacketException refused) {
      throw refused;
    }
    if (failure != null) {
      throw DtlsException.fatal(AlertDescription.INTERNAL_ERROR, "computation failed: " + failure);
    }
    if (result == null) {
      throw new IllegalStateException("work was given back before it was run");
    }
    continuation.resume(now, result);
  }
}
