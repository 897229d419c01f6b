package org.klatsch.cli;

import java.lang.reflect.Proxy;
import org.slf4j.LoggerFactory;

/// SIGHUP, by which services are asked to read their files again. The JDK has it in
/// `sun.misc.Signal` alone, which a system may lack and the compiler warns of: hence reflection.
final class HangUpSignal {
  private HangUpSignal() {}

  /// Does something at each SIGHUP from now on, in place of ending the process.
  static void onEach(Runnable action) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Object handling =
          Proxy.newProxyInstance(
              HangUpSignal.class.getClassLoader(),
              new Class<?>[] {handler},
              (_, method, _) -> {
                if (method.getName().equals("handle")) {
                  action.run();
                }
                return null;
              });
      signal
          .getMethod("handle", signal, handler)
          .invoke(null, signal.getConstructor(String.class).newInstance("HUP"), handling);
    } catch (ReflectiveOperationException | RuntimeException e) {
      LoggerFactory.getLogger(HangUpSignal.class).debug("there is no SIGHUP here", e);
    }
  }
}
