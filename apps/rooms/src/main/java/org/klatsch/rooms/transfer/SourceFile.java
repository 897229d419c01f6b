package org.klatsch.rooms.transfer;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// A file to be sent.
///
/// @param path where it is
/// @param name relative name told to the receiver, with `/` between folders
/// @param modified milliseconds since 1970
public record SourceFile(Path path, String name, long size, long modified) {

  /// Files and folders as named on a command line; a folder stands for all files below it, named
  /// from the folder on. Symbolic links inside a folder are left out, so that nothing outside it is
  /// sent by mistake.
  ///
  /// @throws IOException if one does not exist or cannot be read
  public static List<SourceFile> of(List<Path> paths) throws IOException {
    List<SourceFile> files = new ArrayList<>();
    for (Path path : paths) {
      Path real = path.toRealPath();
      if (Files.isDirectory(real)) {
        walk(real, baseName(path, real), files);
      } else {
        files.add(
            of(real, baseName(path, real), Files.readAttributes(real, BasicFileAttributes.class)));
      }
    }
    return files;
  }

  private static void walk(Path folder, String base, List<SourceFile> files) throws IOException {
    List<SourceFile> found = new ArrayList<>();
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (attributes.isRegularFile()) {
              StringBuilder name = new StringBuilder(base);
              for (Path part : folder.relativize(file)) {
                name.append('/').append(part);
              }
              found.add(of(file, name.toString(), attributes));
            }
            return FileVisitResult.CONTINUE;
          }
        });
    found.sort(Comparator.comparing(SourceFile::name));
    files.addAll(found);
  }

  private static SourceFile of(Path path, String name, BasicFileAttributes attributes) {
    return new SourceFile(
        path, name, attributes.size(), Math.max(0, attributes.lastModifiedTime().toMillis()));
  }

  private static String baseName(Path path, Path real) {
    Path name = path.normalize().getFileName();
    if (name == null || name.toString().isEmpty() || name.toString().equals("..")) {
      name = real.getFileName();
    }
    return name == null ? "files" : name.toString();
  }
}
