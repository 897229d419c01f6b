# Read by ./klatsch and ./mvnw: find_jdk prints the folder of a JDK of release $need or newer, or fails.
# A shell that reads this must expand file names (no set -f).

# Major version of the JDK in folder $1, 0 if there is none.
major() {
  [ -x "$1/bin/java" ] || { echo 0; return; }
  version=
  if [ -f "$1/release" ]; then
    version=$(sed -n 's/^JAVA_VERSION="\{0,1\}\([0-9][0-9]*\).*/\1/p' "$1/release")
  fi
  if [ -z "$version" ]; then
    version=$("$1/bin/java" -version 2>&1 | sed -n 's/.* version "\([0-9][0-9]*\).*/\1/p' | head -n 1)
  fi
  echo "${version:-0}"
}

# Takes folder $1 if it holds a JDK that is new enough.
take() {
  [ -n "$1" ] && [ -x "$1/bin/javac" ] && [ "$(major "$1")" -ge "$need" ]
}

find_jdk() {
  if [ -n "${JAVA_HOME:-}" ] && take "$JAVA_HOME"; then
    echo "$JAVA_HOME"
    return
  fi
  if on_path=$(command -v javac 2>/dev/null); then
    while [ -h "$on_path" ]; do
      target=$(readlink "$on_path")
      case $target in
        /*) on_path=$target ;;
        *) on_path=$(dirname "$on_path")/$target ;;
      esac
    done
    home=$(dirname "$(dirname "$on_path")")
    if take "$home"; then
      echo "$home"
      return
    fi
  fi
  for home in \
    /usr/lib/jvm/* /usr/lib64/jvm/* /usr/java/* /usr/local/java/* /usr/local/lib/jvm/* /opt/java/* /opt/jdk* /opt/*jdk* \
    "${SDKMAN_DIR:-${HOME:-}/.sdkman}"/candidates/java/* "${HOME:-}"/.jdks/* "${HOME:-}"/.gradle/jdks/* \
    "${HOME:-}"/.asdf/installs/java/* "${HOME:-}"/.local/share/mise/installs/java/* "${HOME:-}"/.jbang/cache/jdks/* \
    /Library/Java/JavaVirtualMachines/*/Contents/Home "${HOME:-}"/Library/Java/JavaVirtualMachines/*/Contents/Home \
    /opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home /usr/local/opt/openjdk*/libexec/openjdk.jdk/Contents/Home; do
    if take "$home"; then
      echo "$home"
      return
    fi
  done
  return 1
}
