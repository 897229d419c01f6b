/// Virtual-time network with NATs, seeded randomness, capture reader.
module org.klatsch.testkit {
  requires static org.jspecify;
  requires transitive org.klatsch.sansio;

  exports org.klatsch.testkit;
}
