package org.klatsch.webrtc;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Locale;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/// Names of devices as an application sees them: the same from one start to the next, another one
/// in every application, and no serial number, Media Capture and Streams §9.3 and §13.4.
///
/// They are made with a random salt of the application, which is kept in a file. Without it nobody
/// can tell that the devices of two applications are the same, and when it is cleared the devices
/// have new names. Thread-safe.
final class DeviceIds {
  /// Names the application, where its main class does not.
  static final String APPLICATION = "klatsch.application";

  private static final System.Logger LOGGER = System.getLogger(DeviceIds.class.getName());
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int SALT_BYTES = 32;

  /// Of a hash, enough for no two devices of a machine to be the same.
  private static final int BYTES = 16;

  private final Path file;
  private byte @Nullable [] salt;

  /// @param folder of the salts of all applications
  /// @param application whose names these are
  DeviceIds(Path folder, String application) {
    file = folder.resolve(HexFormat.of().formatHex(digest(application), 0, BYTES) + ".salt");
  }

  /// Those of this program: as the system property says, else by its main class.
  static DeviceIds ofProgram() {
    String command = System.getProperty("sun.java.command", "").split(" ", 2)[0];
    return new DeviceIds(
        dataFolder().resolve("klatsch").resolve("devices"),
        System.getProperty(APPLICATION, command));
  }

  /// Where programs of this user keep their data.
  private static Path dataFolder() {
    String home = System.getProperty("user.home", ".");
    String system = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
    String local = System.getenv("LOCALAPPDATA");
    if (system.startsWith("windows") && local != null) {
      return Path.of(local);
    }
    if (system.startsWith("mac")) {
      return Path.of(home, "Library", "Application Support");
    }
    String data = System.getenv("XDG_DATA_HOME");
    return data != null && !data.isEmpty() ? Path.of(data) : Path.of(home, ".local", "share");
  }

  String hash(String systemName) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(salt(), "HmacSHA256"));
      byte[] hash = mac.doFinal(systemName.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash, 0, BYTES);
    } catch (NoSuchAlgorithmException | InvalidKeyException e) {
      throw new IllegalStateException("this JDK has no HMAC with SHA-256", e);
    }
  }

  /// Forgets the salt: all names change.
  synchronized void clear() {
    salt = null;
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      LOGGER.log(Level.WARNING, "the salt of device ids cannot be deleted: " + e.getMessage());
      salt = fresh();
    }
  }

  private synchronized byte[] salt() {
    byte[] known = salt;
    if (known == null) {
      known = load();
      salt = known;
    }
    return known;
  }

  /// Reads the salt, or makes one. Where nothing can be written, names last as long as the process.
  private byte[] load() {
    byte[] made = fresh();
    try {
      Files.createDirectories(file.getParent());
      try {
        Files.write(file, made, StandardOpenOption.CREATE_NEW);
        restrict();
        return made;
      } catch (FileAlreadyExistsException e) {
        byte[] kept = Files.readAllBytes(file);
        if (kept.length == SALT_BYTES) {
          return kept;
        }
        // Cut off while it was written.
        Files.write(file, made);
        return made;
      }
    } catch (IOException e) {
      LOGGER.log(Level.DEBUG, () -> "device ids are not kept: " + e.getMessage());
      return made;
    }
  }

  private void restrict() throws IOException {
    if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }
  }

  private static byte[] fresh() {
    byte[] made = new byte[SALT_BYTES];
    RANDOM.nextBytes(made);
    return made;
  }

  private static byte[] digest(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this JDK has no SHA-256", e);
    }
  }
}
