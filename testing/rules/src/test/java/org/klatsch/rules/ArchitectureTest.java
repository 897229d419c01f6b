package org.klatsch.rules;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// The arrows, the sans-IO rules and the names of the architecture.
class ArchitectureTest {
  /// Which modules a module may use directly; each includes what its target may use.
  private static final Map<String, Set<String>> ARROWS = new LinkedHashMap<>();

  static {
    ARROWS.put("sansio", Set.of());
    for (String core : Set.of("stun", "dtls", "srtp", "sctp", "rtp", "sdp", "sip")) {
      ARROWS.put(core, Set.of("sansio"));
    }
    ARROWS.put("turn", Set.of("stun"));
    ARROWS.put("ice", Set.of("stun", "turn"));
    ARROWS.put("media", Set.of("rtp"));
    ARROWS.put("codecs", Set.of("media"));
    ARROWS.put("devices", Set.of("codecs"));
    ARROWS.put("peer", Set.of("ice", "dtls", "srtp", "sctp", "media", "sdp"));
    ARROWS.put("net", Set.of("peer", "turn"));
    ARROWS.put("webrtc", Set.of("peer", "net", "codecs"));
    ARROWS.put("whip", Set.of("webrtc"));
    ARROWS.put("rooms", Set.of("webrtc"));
    ARROWS.put("server", Set.of("rooms"));
    ARROWS.put("gateway", Set.of("sip", "webrtc", "server"));
    ARROWS.put("cli", Set.of("server", "gateway", "whip"));
    ARROWS.put("testkit", Set.of("sansio"));
  }

  private static final String[] CORES = {
    "org.klatsch.sansio..",
    "org.klatsch.stun..",
    "org.klatsch.turn..",
    "org.klatsch.ice..",
    "org.klatsch.dtls..",
    "org.klatsch.srtp..",
    "org.klatsch.rtp..",
    "org.klatsch.media..",
    "org.klatsch.sctp..",
    "org.klatsch.sdp..",
    "org.klatsch.sip..",
    "org.klatsch.peer.."
  };

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("org.klatsch");

  private static Set<String> reachable(String module) {
    Set<String> modules = new TreeSet<>(Set.of(module));
    for (String next : ARROWS.getOrDefault(module, Set.of())) {
      modules.addAll(reachable(next));
    }
    return modules;
  }

  @Test
  void everyModuleHasItsArrows() {
    Set<String> modules =
        CLASSES.stream()
            .map(c -> c.getPackageName().split("\\.", -1)[2])
            .filter(m -> !m.equals("rules"))
            .collect(Collectors.toSet());
    assertThat(ARROWS.keySet()).containsAll(modules);
  }

  @TestFactory
  Iterable<DynamicTest> everyModuleUsesOnlyWhatItsArrowsAllow() {
    return ARROWS.keySet().stream()
        .map(module ->
            DynamicTest.dynamicTest(
                module,
                () -> {
                  String[] allowed =
                      reachable(module).stream()
                          .map(m -> "org.klatsch." + m + "..")
                          .toArray(String[]::new);
                  noClasses()
                      .that()
                      .resideInAPackage("org.klatsch." + module + "..")
                      .should()
                      .dependOnClassesThat(
                          resideInAnyPackage("org.klatsch..").and(resideOutsideOfPackages(allowed)))
                      .check(CLASSES);
                }))
        .toList();
  }

  @Test
  void packagesOfAModuleHaveNoCycles() {
    slices().matching("org.klatsch.(**)").should().beFreeOfCycles().check(CLASSES);
  }

  @Test
  void coresUseTheJdkAlone() {
    noClasses()
        .that()
        .resideInAnyPackage(CORES)
        .should()
        .dependOnClassesThat(
            resideOutsideOfPackages(
                "org.klatsch..",
                "java..",
                "javax.crypto..",
                "javax.security..",
                "org.jspecify.annotations.."))
        .check(CLASSES);
  }

  @Test
  void coresHaveNoThreadsLocksSocketsOrClocks() {
    noClasses()
        .that()
        .resideInAnyPackage(CORES)
        .should()
        .dependOnClassesThat(
            resideInAnyPackage(
                "java.util.concurrent..", "java.net..", "java.nio.channels..", "java.nio.file.."))
        .orShould()
        .dependOnClassesThat()
        .areAssignableTo(Thread.class)
        .orShould()
        .dependOnClassesThat()
        .areAssignableTo(System.Logger.class)
        .orShould()
        .callMethod(System.class, "nanoTime")
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .callMethod(java.time.Instant.class, "now")
        .check(CLASSES);
    noClasses()
        .that()
        .resideInAnyPackage(CORES)
        .should(
            new ArchCondition<JavaClass>("have synchronized methods or volatile fields") {
              @Override
              public void check(JavaClass type, ConditionEvents events) {
                boolean found =
                    type.getMethods().stream()
                            .anyMatch(m -> m.getModifiers().contains(JavaModifier.SYNCHRONIZED))
                        || type.getFields().stream()
                            .anyMatch(f -> f.getModifiers().contains(JavaModifier.VOLATILE));
                events.add(new SimpleConditionEvent(type, found, type.getName()));
              }
            })
        .check(CLASSES);
  }

  @Test
  void everyPackageIsNullMarked() {
    Set<String> unmarked = new TreeSet<>();
    for (JavaClass type : CLASSES) {
      if (type.getSimpleName().equals("module-info")) {
        continue;
      }
      if (type.getPackage()
          .tryGetPackageInfo()
          .filter(info -> info.isAnnotatedWith(NullMarked.class))
          .isEmpty()) {
        unmarked.add(type.getPackageName());
      }
    }
    assertThat(unmarked).isEmpty();
  }

  @Test
  void namesSayWhatThingsAre() {
    noClasses()
        .should()
        .haveNameMatching(".*(Impl|Manager|Helper|Helpers|Util|Utils)$")
        .check(CLASSES);
  }

  @Test
  void onlyTheW3cLayerHasGetters() {
    Set<String> getters = new TreeSet<>();
    for (JavaClass type : CLASSES) {
      if (type.getPackageName().startsWith("org.klatsch.webrtc")) {
        continue;
      }
      Set<String> inherited =
          type.getAllRawSuperclasses().stream()
              .flatMap(s -> s.getMethods().stream())
              .map(JavaMember::getName)
              .collect(Collectors.toSet());
      for (JavaClass from : type.getAllRawInterfaces()) {
        from.getMethods().forEach(m -> inherited.add(m.getName()));
      }
      type.getMethods().stream()
          .map(JavaMember::getName)
          .filter(name -> name.matches("get[A-Z].*") && !inherited.contains(name))
          .forEach(name -> getters.add(type.getName() + "." + name));
    }
    assertThat(getters).isEmpty();
  }

  @Test
  void classesOfTheProtocolsAreClosedForInheritance() {
    classes()
        .that()
        .resideInAnyPackage(CORES)
        .and()
        .arePublic()
        .and()
        .areNotInterfaces()
        .and()
        .areNotAssignableTo(Throwable.class)
        .should(
            new ArchCondition<JavaClass>("be final, sealed or abstract") {
              @Override
              public void check(JavaClass type, ConditionEvents events) {
                boolean closed =
                    type.getModifiers().contains(JavaModifier.FINAL)
                        || type.getModifiers().contains(JavaModifier.ABSTRACT)
                        || type.isEnum()
                        || type.reflect().isSealed();
                events.add(new SimpleConditionEvent(type, closed, type.getName()));
              }
            })
        .check(CLASSES);
  }
}
