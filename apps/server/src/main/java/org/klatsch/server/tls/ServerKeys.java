package org.klatsch.server.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.klatsch.dtls.DtlsCertificate;

/// Key stores for the TLS listener.
public final class ServerKeys {
  private static final Duration RENEW_BEFORE_END = Duration.ofDays(30);

  /// The store lives in memory only; the API wants a password anyway.
  public static final String PASSWORD = "in-memory";

  private static final String ALIAS = "server";

  private ServerKeys() {}

  /// @throws IOException if a file cannot be read or does not hold what it should; the message
  ///   names it
  public static KeyStore fromFiles(Path certificate, Path key) throws IOException {
    return store(readChain(certificate), readKey(key));
  }

  /// The certificate kept in the directory, made anew when there is none, when it ends soon, or
  /// when the machine has addresses that it does not name.
  public static KeyStore selfSigned(Path directory, String host, Instant now, SecureRandom random)
      throws IOException {
    Path certificateFile = directory.resolve("tls-certificate.pem");
    Path keyFile = directory.resolve("tls-key.pem");
    var hosts = new LinkedHashSet<String>();
    hosts.add("localhost");
    var addresses = new LinkedHashSet<InetAddress>();
    collectNames(host, hosts, addresses);
    if (Files.exists(certificateFile) && Files.exists(keyFile)) {
      List<Certificate> chain = readChain(certificateFile);
      if (usable(chain.getFirst(), now, addresses)) {
        return store(chain, readKey(keyFile));
      }
    }
    try {
      KeyPair pair = SelfSigned.newKey(random);
      byte[] der = SelfSigned.certificate(pair, now, hosts, addresses, random);
      writePrivately(keyFile, Pem.write("PRIVATE KEY", pair.getPrivate().getEncoded()));
      writePrivately(certificateFile, Pem.write("CERTIFICATE", der));
    } catch (GeneralSecurityException e) {
      throw new IOException("Cannot make a certificate: " + e.getMessage(), e);
    }
    return fromFiles(certificateFile, keyFile);
  }

  /// The certificate and key for DTLS; null when the key is of a kind that DTLS does not use here.
  public static @Nullable DtlsCertificate forDtls(KeyStore store) {
    try {
      List<X509Certificate> chain = new ArrayList<>();
      for (Certificate each : store.getCertificateChain(ALIAS)) {
        chain.add((X509Certificate) each);
      }
      return new DtlsCertificate((PrivateKey) store.getKey(ALIAS, PASSWORD.toCharArray()), chain);
    } catch (IllegalArgumentException e) {
      return null;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a store of this class has one key", e);
    }
  }

  private static void collectNames(String host, Set<String> hosts, Set<InetAddress> addresses)
      throws IOException {
    if (host.matches("[A-Za-z0-9.-]*[A-Za-z][A-Za-z0-9.-]*")) {
      hosts.add(host.toLowerCase(Locale.ROOT));
    }
    for (NetworkInterface network : NetworkInterface.networkInterfaces().toList()) {
      if (network.isUp()) {
        network
            .inetAddresses()
            // A link-local IPv6 address is of no use in a URL.
            .filter(a -> !(a instanceof Inet6Address && a.isLinkLocalAddress()))
            .forEach(addresses::add);
      }
    }
  }

  private static boolean usable(Certificate certificate, Instant now, Set<InetAddress> addresses)
      throws IOException {
    if (!(certificate instanceof X509Certificate x509)
        || now.plus(RENEW_BEFORE_END).isAfter(x509.getNotAfter().toInstant())) {
      return false;
    }
    var named = new LinkedHashSet<InetAddress>();
    try {
      var names = x509.getSubjectAlternativeNames();
      if (names == null) {
        return false;
      }
      for (List<?> name : names) {
        // Type 7 is an address; a literal, so nothing is looked up.
        if (name.get(0).equals(7)) {
          named.add(InetAddress.getByName(name.get(1).toString()));
        }
      }
    } catch (GeneralSecurityException e) {
      return false;
    }
    return named.containsAll(addresses);
  }

  private static List<Certificate> readChain(Path file) throws IOException {
    var chain = new ArrayList<Certificate>();
    try {
      var factory = CertificateFactory.getInstance("X.509");
      for (byte[] der : Pem.read(file, "CERTIFICATE")) {
        chain.add(factory.generateCertificate(new ByteArrayInputStream(der)));
      }
    } catch (GeneralSecurityException e) {
      throw new IOException(file + " holds a certificate that cannot be read", e);
    }
    if (chain.isEmpty()) {
      throw new IOException(file + " holds no certificate in PEM");
    }
    return chain;
  }

  private static PrivateKey readKey(Path file) throws IOException {
    List<byte[]> keys = Pem.read(file, "PRIVATE KEY");
    if (keys.isEmpty()) {
      throw new IOException(file + " holds no unencrypted private key in PKCS#8 PEM");
    }
    var spec = new PKCS8EncodedKeySpec(keys.getFirst());
    for (String algorithm : List.of("EC", "RSA", "EdDSA")) {
      PrivateKey key = decode(spec, algorithm);
      if (key != null) {
        return key;
      }
    }
    throw new IOException(file + " holds a private key that is neither EC nor RSA nor EdDSA");
  }

  private static @Nullable PrivateKey decode(PKCS8EncodedKeySpec spec, String algorithm)
      throws IOException {
    try {
      return KeyFactory.getInstance(algorithm).generatePrivate(spec);
    } catch (InvalidKeySpecException e) {
      return null;
    } catch (GeneralSecurityException e) {
      throw new IOException("This Java runtime has no " + algorithm, e);
    }
  }

  private static KeyStore store(List<Certificate> chain, PrivateKey key) throws IOException {
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setKeyEntry(ALIAS, key, PASSWORD.toCharArray(), chain.toArray(Certificate[]::new));
      return store;
    } catch (GeneralSecurityException e) {
      throw new IOException("Key and certificate cannot be used: " + e.getMessage(), e);
    }
  }

  private static void writePrivately(Path file, String text) throws IOException {
    Path next = file.resolveSibling(file.getFileName() + ".new");
    Files.deleteIfExists(next);
    if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      Files.createFile(
          next, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    } else {
      Files.createFile(next);
    }
    Files.writeString(next, text, StandardCharsets.US_ASCII);
    Files.move(next, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
  }
}
