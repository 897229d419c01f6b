package org.klatsch.rules;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Habits that class files do not show.
class SourceTreeTest {
  private static final Path ROOT = Path.of(System.getProperty("klatsch.root", "../.."));
  private static final int MAX_LINES = 800;
  private static final Set<String> SKIPPED = Set.of("target", "node_modules", ".git");

  private static List<Path> sources(String... endings) throws IOException {
    try (Stream<Path> files = Files.walk(ROOT)) {
      return files
          .filter(f -> Stream.of(endings).anyMatch(e -> f.toString().endsWith(e)))
          .filter(f -> !f.endsWith("SourceTreeTest.java"))
          .filter(f -> {
            for (Path part : ROOT.relativize(f)) {
              if (SKIPPED.contains(part.toString())) {
                return false;
              }
            }
            return Files.isRegularFile(f);
          })
          .toList();
    }
  }

  private static List<String> matches(List<Path> files, Pattern pattern) throws IOException {
    List<String> found = new ArrayList<>();
    for (Path file : files) {
      List<String> lines = Files.readAllLines(file);
      for (int i = 0; i < lines.size(); i++) {
        if (pattern.matcher(lines.get(i)).find()) {
          found.add(ROOT.relativize(file) + ":" + (i + 1) + ": " + lines.get(i).strip());
        }
      }
    }
    return found;
  }

  @Test
  void noFileIsTooLongToRead() throws IOException {
    List<String> tooLong = new ArrayList<>();
    for (Path file : sources(".java", ".js", ".mjs")) {
      long lines = Files.readAllLines(file).size();
      if (lines > MAX_LINES) {
        tooLong.add(ROOT.relativize(file) + " has " + lines + " lines");
      }
    }
    assertThat(tooLong).isEmpty();
  }

  @Test
  void noTestIsSwitchedOffOrSleeps() throws IOException {
    assertThat(
            matches(
                sources(".java"),
                Pattern.compile("@Disabled|Thread\\.sleep\\(|assumeTrue\\(false")))
        .isEmpty();
  }

  @Test
  void nothingIsLeftForLater() throws IOException {
    assertThat(
            matches(
                sources(".java", ".js", ".mjs"),
                Pattern.compile("\\b(TODO|FIXME|XXX)\\b|not (yet )?implemented")))
        .isEmpty();
  }

  @Test
  void everyModuleSaysWhatItIs() throws IOException {
    String parent = Files.readString(ROOT.resolve("pom.xml"));
    Matcher module = Pattern.compile("<module>([^<]+)</module>").matcher(parent);
    int modules = 0;
    while (module.find()) {
      Path folder = ROOT.resolve(module.group(1));
      modules++;
      if (!module.group(1).equals("bom")) {
        assertThat(folder.resolve("README.md")).isNotEmptyFile();
      }
    }
    assertThat(modules).isGreaterThan(10);
  }

  @Test
  void linksBetweenDocumentsLead() throws IOException {
    List<String> broken = new ArrayList<>();
    Pattern link = Pattern.compile("\\]\\(([^)#\\s]+)(#[^)]*)?\\)");
    for (Path file : sources(".md")) {
      Matcher matcher = link.matcher(Files.readString(file));
      while (matcher.find()) {
        String target = matcher.group(1);
        if (!target.contains(":") && !Files.exists(file.resolveSibling(target))) {
          broken.add(ROOT.relativize(file) + " -> " + target);
        }
      }
    }
    assertThat(broken).isEmpty();
  }
}
