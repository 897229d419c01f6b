package org.klatsch.gateway.transport;

import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Hashtable;
import java.util.List;
import javax.naming.NameNotFoundException;
import javax.naming.NamingEnumeration;
import javax.naming.NamingException;
import javax.naming.directory.Attribute;
import javax.naming.directory.DirContext;
import javax.naming.directory.InitialDirContext;
import org.klatsch.gateway.transport.SipResolver.Pointer;
import org.klatsch.gateway.transport.SipResolver.Service;

/// DNS of this machine, through the JDK's own client.
final class DnsRecords implements SipResolver.Records {
  private static final System.Logger LOGGER = System.getLogger(DnsRecords.class.getName());

  @Override
  public List<Pointer> pointers(String name) {
    List<Pointer> pointers = new ArrayList<>();
    for (String text : query(name, "NAPTR")) {
      // order preference flags service regexp replacement
      String[] words = text.split("\\s+", -1);
      if (words.length == 6 && isNumber(words[0]) && isNumber(words[1])) {
        pointers.add(
            new Pointer(
                Integer.parseInt(words[0]),
                Integer.parseInt(words[1]),
                unquoted(words[2]),
                unquoted(words[3]),
                host(words[5])));
      }
    }
    return pointers;
  }

  @Override
  public List<Service> services(String name) {
    List<Service> services = new ArrayList<>();
    for (String text : query(name, "SRV")) {
      String[] words = text.split("\\s+", -1);
      if (words.length == 4
          && isNumber(words[0])
          && isNumber(words[1])
          && isNumber(words[2])
          && !words[3].equals(".")) {
        services.add(
            new Service(
                Integer.parseInt(words[0]),
                Integer.parseInt(words[1]),
                Integer.parseInt(words[2]),
                host(words[3])));
      }
    }
    return services;
  }

  @Override
  public List<InetAddress> addresses(String name) throws UnknownHostException {
    return List.of(InetAddress.getAllByName(name));
  }

  private static boolean isNumber(String text) {
    return text.matches("[0-9]{1,5}");
  }

  private static String unquoted(String text) {
    return text.replace("\"", "");
  }

  private static String host(String name) {
    return name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
  }

  /// JNDI takes nothing but a Hashtable; its DNS provider makes no objects of what it reads, and a
  /// name that is no host, which might lead to another provider, is not asked for.
  @SuppressWarnings({"JdkObsolete", "BanJNDI"})
  private static List<String> query(String name, String type) {
    if (!name.matches("[A-Za-z0-9._-]{1,253}")) {
      return List.of();
    }
    Hashtable<String, String> environment = new Hashtable<>();
    environment.put("java.naming.factory.initial", "com.sun.jndi.dns.DnsContextFactory");
    environment.put("com.sun.jndi.dns.timeout.initial", "1000");
    environment.put("com.sun.jndi.dns.timeout.retries", "2");
    List<String> found = new ArrayList<>();
    try {
      DirContext context = new InitialDirContext(environment);
      try {
        Attribute attribute = context.getAttributes(name, new String[] {type}).get(type);
        if (attribute != null) {
          NamingEnumeration<?> values = attribute.getAll();
          while (values.hasMore()) {
            found.add(String.valueOf(values.next()));
          }
        }
      } finally {
        context.close();
      }
    } catch (NameNotFoundException e) {
      return List.of();
    } catch (NamingException e) {
      LOGGER.log(Level.DEBUG, () -> "no " + type + " of " + name + ": " + e.getMessage());
    }
    return found;
  }
}
