/// The pattern every protocol core shares: timers, packets, addresses, serial numbers.
module org.klatsch.sansio {
  requires static org.jspecify;

  exports org.klatsch.sansio;
}
