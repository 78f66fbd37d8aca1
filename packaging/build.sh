#!/bin/sh
# Builds the packages into target/packages: a Debian package, an archive for other distributions, a
# container image, and the checksums of all. From the same program and commit come the same bytes.
#
#     packaging/build.sh [REVISION]    the revision of the Debian package, by default 1
set -eu
cd "$(dirname "$0")/.."
# The metadata for cargo-deb names files in target.
unset CARGO_TARGET_DIR
revision=${1:-1}
umask 022

. packaging/need.sh
need 'command -v dpkg-shlibdeps' dpkg-dev
need 'command -v xz' xz-utils
need 'command -v python3' python3
need 'command -v buildah' buildah
need 'ls /etc/ssl/certs/ca-certificates.crt' ca-certificates
install_needed

tools=target/packaging
cargo_deb=3.8.0
if [ "$($tools/bin/cargo-deb --version 2>/dev/null)" != "cargo-deb $cargo_deb" ]; then
    # Without its default features it compresses with the program xz, and needs no C compiler.
    cargo install --locked --version $cargo_deb --no-default-features --root $tools cargo-deb
fi

cargo build --release --locked --package trivium-server
binary=target/release/trivium
version=$($binary --version | cut -d ' ' -f 2)
architecture=$(uname -m)
# The time of all files: that of the last commit.
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
export SOURCE_DATE_EPOCH
packages=target/packages
rm -rf $packages
mkdir -p $packages

# What the program writes about itself, and what cargo-deb cannot make.
stage=$tools/stage
# The folders of buildah are root's.
$as_root rm -rf $stage
mkdir -p $stage/completions
$binary man > $stage/trivium.1
for shell in bash zsh fish; do $binary completions $shell > $stage/completions/trivium.$shell; done
python3 packaging/licences.py $stage/THIRD-PARTY-LICENCES
gzip --no-name --best --keep $stage/THIRD-PARTY-LICENCES
maintainer=$(sed -n 's/^maintainer = "\(.*\)"/\1/p' crates/server/Cargo.toml)
cat > $stage/changelog <<END
trivium ($version-$revision) unstable; urgency=medium

  * Version $version; see CHANGELOG.md in this folder.

 -- $maintainer  $(LC_ALL=C date --utc --rfc-email --date "@$SOURCE_DATE_EPOCH")
END

# The Debian package, with the same program as the others.
$tools/bin/cargo-deb deb --package trivium-server --no-build --no-strip --locked --quiet \
    --deb-revision "$revision" --output $packages/

# The archive.
name=trivium-$version-$architecture-linux
folder=$stage/$name
mkdir -p "$folder/docs"
cp -r $binary packaging/trivium.service packaging/trivium.toml $stage/trivium.1 $stage/completions \
    $stage/THIRD-PARTY-LICENCES LICENSE README.md CHANGELOG.md "$folder/"
cp -r docs/*.md docs/monitoring "$folder/docs/"
tar --create --directory $stage --format gnu --sort name --mtime "@$SOURCE_DATE_EPOCH" \
    --owner 0 --group 0 --numeric-owner --mode u=rwX,go=rX "$name" | gzip --no-name --best > "$packages/$name.tar.gz"

# The image: the program, the libraries that it is linked with, certificates and licences.
image=$stage/image
mkdir -p $image/root/usr/bin $image/root/usr/share/doc/trivium $image/root/etc $image/root/tmp $image/data
cp packaging/Containerfile $image/
cp $binary $image/root/usr/bin/
cp LICENSE $stage/THIRD-PARTY-LICENCES $image/root/usr/share/doc/trivium/
libraries=$(ldd $binary | sed -n 's|^\(.* => \)\?[[:space:]]*\(/[^ ]*\) (0x.*|\2|p')
# shellcheck disable=SC2086
cp --parents --dereference $libraries /etc/ssl/certs/ca-certificates.crt $image/root/
for package in libc6 libgcc-s1 ca-certificates; do
    cp --parents /usr/share/doc/$package/copyright $image/root/
done
user=65532
printf 'root:x:0:0::/:/nologin\ntrivium:x:%s:%s::/data:/nologin\n' $user $user > $image/root/etc/passwd
printf 'root:x:0:\ntrivium:x:%s:\n' $user > $image/root/etc/group
# The host of a Postgres database is looked up in /etc/hosts, then by DNS.
echo 'hosts: files dns' > $image/root/etc/nsswitch.conf
# SQLite sorts large results in a temporary file.
chmod 1777 $image/root/tmp
chmod 700 $image/data
find $image -exec touch --no-dereference --date "@$SOURCE_DATE_EPOCH" {} +
images() { $as_root buildah --storage-driver vfs --root "$PWD/$stage/images" --runroot "$PWD/$stage/images/run" "$@"; }
images build --quiet --format docker --timestamp "$SOURCE_DATE_EPOCH" --isolation chroot \
    --label "org.opencontainers.image.version=$version" --tag "trivium:$version" $image >/dev/null
archive=$packages/trivium-$version-image.tar
images push --quiet "trivium:$version" "docker-archive:$archive:trivium:$version"
$as_root chown "$(id -u):$(id -g)" "$archive"

(cd $packages && sha256sum trivium* > SHA256SUMS)
ls -l $packages
