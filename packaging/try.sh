#!/bin/sh
# Tries the packages of target/packages as an administrator would. The Debian package is installed, upgraded, removed
# and purged in a Debian system of its own, with systemd; the programs of the archive and the image are run. Prints what
# it tries. Needs root.
set -eu
cd "$(dirname "$0")/.."
# It mounts file systems and changes users.
if [ "$(id -u)" -ne 0 ]; then exec sudo "$0"; fi
packages=$PWD/target/packages
tools=$PWD/target/packaging
. /etc/os-release
system=$tools/$VERSION_CODENAME.tar

if [ "${1:-}" != --inside ]; then
    . packaging/need.sh
    need 'command -v debootstrap' debootstrap
    need 'command -v lintian' lintian
    need 'command -v systemd-analyze' systemd
    need 'command -v systemd-nspawn' systemd-container
    need 'command -v buildah' buildah
    need 'command -v ip' iproute2
    need 'command -v pgrep' procps
    install_needed

    # The release of this system from its mirror, kept for the next time.
    if [ ! -e "$system" ]; then
        # shellcheck disable=SC2016
        mirror=$(apt-get indextargets --format '$(CODENAME) $(COMPONENT) $(REPO_URI)' 'Created-By: Packages' |
            awk -v release="$VERSION_CODENAME" '$1 == release && $2 == "main" { print $3; exit }')
        echo "installing $VERSION_CODENAME into a folder"
        rm -rf "$tools/system"
        debootstrap --variant=minbase --include=systemd-sysv,sudo,ca-certificates "$VERSION_CODENAME" "$tools/system" "$mirror" \
            >"$tools/debootstrap.log"
        tar --create --numeric-owner --directory "$tools/system" --file "$system.new" .
        mv "$system.new" "$system"
        rm -rf "$tools/system"
    fi
    # All else runs in namespaces of its own: when it ends, for whatever reason, the kernel stops its processes and
    # unmounts its file systems. Its network is a loopback interface, where every port is free.
    exec unshare --mount --net --pid --fork --kill-child --mount-proc sh "$0" --inside
fi

step="the start"
trap '[ $? -eq 0 ] || echo "failed: $step" >&2' EXIT
step() { step=$*; echo "$step"; }
fail() { echo "$*" >&2; exit 1; }
expect() { # expect EXPECTED ACTUAL
    [ "$1" = "$2" ] || fail "expected \"$1\" instead of \"$2\""
}

ip link set lo up
work=$tools/try
rm -rf "$work"
mkdir "$work"

step "checksums"
(cd "$packages" && sha256sum --check --quiet SHA256SUMS)
deb=$(echo "$packages"/trivium_*.deb)
version=$(dpkg-deb --field "$deb" Version)

step "lintian finds no errors in the Debian package"
lintian --allow-root --fail-on error --tag-display-limit 0 "$deb"

step "the unit is valid, and its exposure is at most 1.2 of 10"
mkdir "$work/unit"
# The program is not installed on this system.
sed "s|/usr/bin/trivium|$PWD/target/release/trivium|" packaging/trivium.service >"$work/unit/trivium.service"
systemd-analyze verify --man=no "$work/unit/trivium.service"
systemd-analyze security --no-pager --offline=true --threshold=12 "$work/unit/trivium.service" | tail -n 1

step "installation of $version, on a system that is not running"
root=$work/root
mkdir "$root"
tar --extract --numeric-owner --directory "$root" --file "$system"
cp "$deb" "$root/root/this.deb"
env --ignore-environment PATH="$PATH" chroot "$root" dpkg --install /root/this.deb
[ -L "$root/etc/systemd/system/multi-user.target.wants/trivium.service" ] || fail "the service is not enabled"
gzip --test "$root/usr/share/man/man1/trivium.1.gz"

step "the package on a running system"
# The same package with a higher version and another configuration.
dpkg-deb --raw-extract "$deb" "$work/next"
sed -i "s/^Version: .*/Version: $version.1/" "$work/next/DEBIAN/control"
echo '# A comment of the next version.' >>"$work/next/etc/trivium/trivium.toml"
dpkg-deb --root-owner-group --build "$work/next" "$root/root/next.deb" >/dev/null
cp packaging/try_system.sh "$root/root/"
# The commands of README.md, and what they install.
awk '/^## / { inside = $0 == "## Install" } /^```/ { shell = $0 == "```shell"; next } inside && shell' README.md \
    >"$root/root/install.sh"
mkdir -p "$root/root/target/packages"
cp "$deb" "$root/root/target/packages/"
cat >"$root/etc/systemd/system/try.service" <<'END'
[Unit]
After=multi-user.target
SuccessAction=poweroff
FailureAction=poweroff
[Service]
Type=oneshot
ExecStart=/root/try_system.sh /root/next.deb
StandardOutput=append:/root/log
StandardError=inherit
[Install]
WantedBy=default.target
END
mkdir -p "$root/etc/systemd/system/default.target.wants"
ln -s ../try.service "$root/etc/systemd/system/default.target.wants/"
timeout 300 systemd-nspawn --quiet --register=no --keep-unit --private-network --console=pipe --directory "$root" \
    --boot </dev/null >"$work/boot.log" 2>&1 || fail "the system does not run: $(tail "$work/boot.log")"
cat "$root/root/log"
expect "  passed" "$(tail -n 1 "$root/root/log")"

step "the archive, in an empty folder"
mkdir "$work/archive"
tar --extract --gzip --directory "$work/archive" --file "$packages"/trivium-*-linux.tar.gz
(cd "$work/archive"/trivium-* && env --ignore-environment ./trivium version &&
    ./trivium config check --config trivium.toml)

step "the image, which starts, becomes healthy, responds and stops"
image() { buildah --storage-driver vfs --root "$work/images" --runroot "$work/images/run" "$@"; }
container=$(image from --quiet "docker-archive:$(echo "$packages"/trivium-*-image.tar)")
within() { image run --isolation chroot --terminal=false "$container" -- trivium "$@"; }
property() { image inspect --format "{{.Docker.Config.$1}}" "$container"; }
expect "[CMD trivium healthcheck]" "$(property Healthcheck.Test)"
expect "[/usr/bin/trivium]" "$(property Entrypoint)"
expect "[serve]" "$(property Cmd)"
expect "SIGTERM" "$(property StopSignal)"
expect "65532:65532" "$(property User)"
(cd "$(image mount "$container")" && find . -type f -printf '  %10s  %P\n' | sort -k 2)
du -h "$packages"/trivium-*-image.tar
within serve 2>>"$work/image.log" &
started=$!
for _ in $(seq 100); do
    if within healthcheck >/dev/null 2>&1; then break; fi
    sleep 0.1
done
within healthcheck
echo 'correct horse battery staple' | within user add anna --password-stdin >/dev/null
within call login --url http://127.0.0.1:8080 login=anna 'password=correct horse battery staple' |
    grep --quiet authToken || fail "no token in the response"
# The server, because what buildah calls to run it does not hand signals on.
kill "$(pgrep -x -f '(/usr/bin/)?trivium serve')"
wait $started || fail "the server exits with $?"

step "done"
