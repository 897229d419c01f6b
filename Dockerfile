# syntax=docker/dockerfile:1
FROM eclipse-temurin:25-jdk AS build
WORKDIR /src
COPY . .
RUN ./mvnw -B -ntp -q -pl apps/cli -am -DskipTests -Dklatsch.fast package

FROM eclipse-temurin:25-jre
RUN useradd --system --uid 10001 --create-home --home-dir /var/lib/klatsch klatsch
COPY --from=build /src/apps/cli/target/klatsch.jar /opt/klatsch/klatsch.jar
COPY --from=build /src/apps/cli/target/natives /opt/klatsch/natives
USER klatsch
ENV KLATSCH_HOST=0.0.0.0 KLATSCH_DATA=/var/lib/klatsch KLATSCH_LOG_FORMAT=json
VOLUME /var/lib/klatsch
EXPOSE 8080/tcp 8080/udp
STOPSIGNAL SIGTERM
ENTRYPOINT ["java", "-XX:MaxRAMPercentage=75", "-jar", "/opt/klatsch/klatsch.jar"]
CMD ["serve"]
