package org.klatsch.rooms.transfer;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/// The folder that files are received into. Never follows a symbolic link below itself and never
/// replaces a file.
///
/// While a transfer runs, its partial files stand beside their final names as
/// `name.KEY.klatsch-part` and its journal in the folder as `.klatsch-KEY.journal`.
final class TargetFolder {
  static final String OWN_PREFIX = ".klatsch-";
  static final String PART_SUFFIX = ".klatsch-part";

  private final Path root;

  /// @param root made if it does not exist; the folder itself may be a symbolic link, as the user
  ///   named it
  TargetFolder(Path root) throws IOException {
    Files.createDirectories(root);
    this.root = root.toRealPath();
  }

  Path journal(String key) {
    return root.resolve(OWN_PREFIX + key + ".journal");
  }

  /// The place of a file, whose folders are made.
  ///
  /// @throws FileAlreadyExistsException if something that is no folder, or a symbolic link, is in
  ///   the way
  Path place(String safeName) throws IOException {
    String[] parts = safeName.split("/");
    Path folder = root;
    for (int i = 0; i < parts.length - 1; i++) {
      folder = folder.resolve(parts[i]);
      if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
        if (exists(folder)) {
          throw new FileAlreadyExistsException(folder.toString());
        }
        Files.createDirectory(folder);
      }
    }
    Path place = folder.resolve(parts[parts.length - 1]);
    if (!place.startsWith(root)) {
      throw new IllegalStateException(safeName + " is not a safe name");
    }
    return place;
  }

  /// Whether a name is taken, as far as its folders exist.
  boolean taken(String safeName) {
    Path path = root;
    for (String part : safeName.split("/")) {
      if (!path.equals(root)
          && exists(path)
          && !Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
        return true;
      }
      path = path.resolve(part);
    }
    return exists(path);
  }

  static Path partOf(Path place, String key) {
    return place.resolveSibling(place.getFileName() + "." + key + PART_SUFFIX);
  }

  /// Gives a finished file its name, atomically and only if the name is free.
  static void publish(Path part, Path place) throws IOException {
    try {
      // A hard link fails if the name is taken, which a rename does not.
      Files.createLink(place, part);
      Files.delete(part);
    } catch (FileAlreadyExistsException e) {
      throw e;
    } catch (IOException | UnsupportedOperationException e) {
      // This file system has no hard links.
      Files.move(part, place);
    }
  }

  long freeSpace() throws IOException {
    return Files.getFileStore(root).getUsableSpace();
  }

  static boolean exists(Path path) {
    return Files.exists(path, LinkOption.NOFOLLOW_LINKS);
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this JDK has no SHA-256", e);
    }
  }

  static MessageDigest copy(MessageDigest digest) {
    try {
      return (MessageDigest) digest.clone();
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException("SHA-256 of this JDK cannot be copied", e);
    }
  }

  /// The hash of what was digested so far; the digest goes on.
  static byte[] digestSoFar(MessageDigest digest) {
    return copy(digest).digest();
  }
}
