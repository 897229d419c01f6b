package org.klatsch.codecs.ffmpeg;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.klatsch.codecs.device.DeviceProvider;
import org.klatsch.codecs.device.MediaDevice;

/// The cameras of a Linux machine, as video4linux lists them. Public only because `ServiceLoader`
/// on the class path wants it.
public final class Cameras implements DeviceProvider {
  private final Path listing;
  private final Path nodes;

  /// For `ServiceLoader`.
  public Cameras() {
    this(Path.of("/sys/class/video4linux"), Path.of("/dev"));
  }

  Cameras(Path listing, Path nodes) {
    this.listing = listing;
    this.nodes = nodes;
  }

  @Override
  public String name() {
    return "v4l2";
  }

  /// No library is loaded before a camera is opened.
  @Override
  public List<MediaDevice> devices() {
    if (!Files.isDirectory(listing)) {
      return List.of();
    }
    TreeMap<Integer, MediaDevice> found = new TreeMap<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(listing, "video*")) {
      for (Path entry : entries) {
        String node = String.valueOf(entry.getFileName());
        // Further nodes of the same camera carry its metadata.
        if (read(entry.resolve("index"), "0").equals("0")
            && Files.isReadable(nodes.resolve(node))) {
          found.put(
              Integer.parseInt(node.replaceAll("\\D", "0")),
              new Camera(
                  "video4linux2",
                  nodes.resolve(node).toString(),
                  read(entry.resolve("name"), node)));
        }
      }
    } catch (IOException e) {
      System.getLogger(Cameras.class.getName())
          .log(System.Logger.Level.DEBUG, "cameras cannot be listed", e);
    }
    return new ArrayList<>(found.values());
  }

  private static String read(Path file, String otherwise) {
    try {
      String text = Files.readString(file).strip();
      return text.isEmpty() ? otherwise : text;
    } catch (IOException e) {
      return otherwise;
    }
  }
}
