#!/bin/sh
# The part of try.sh that runs in a Debian system with systemd. The package is installed, and the service was started
# with the system. Its argument is a package of a higher version, with another configuration.
set -eu
next=$1
config=/etc/trivium/trivium.toml
url=http://127.0.0.1:8080

step="the start"
end() {
    code=$?
    if [ $code -ne 0 ]; then
        journalctl --no-pager --unit trivium --lines 20
        echo "failed: $step"
    fi
}
trap end EXIT
step() { step=$*; echo "$step"; }
fail() { echo "$*"; exit 1; }
expect() { # expect EXPECTED ACTUAL
    [ "$1" = "$2" ] || fail "expected \"$1\" instead of \"$2\""
}
mode() { stat --format '%U:%G %a' "$1"; }
property() { systemctl show --property "$1" --value trivium; }
# The unit is active as soon as the server has reported that it is ready, so no call has to wait.
active() { expect active "$(property ActiveState)"; }
administer() { runuser -u trivium -- trivium --config $config "$@"; }
groups() { trivium call getMyGroups --token-file /root/token --url $url; }
keep() { dpkg --install --force-confold "$1"; } # keeps a configuration that was edited

step "  the service starts with the system, as its user, without privileges"
active
process=$(property MainPID)
expect trivium "$(stat --format %U "/proc/$process")"
grep --quiet "^CapBnd:[[:space:]]*0*$" "/proc/$process/status" || fail "it has capabilities"
grep --quiet "^Seccomp:[[:space:]]*2$" "/proc/$process/status" || fail "its system calls are not filtered"
expect "trivium:trivium 700" "$(mode /var/lib/trivium)"
expect "trivium:trivium 600" "$(mode /var/lib/trivium/trivium.db)"
expect "trivium:trivium 755" "$(mode /run/trivium)"
trivium healthcheck --url $url

step "  the first user, and the first authenticated calls"
echo 'correct horse battery staple' | administer user add marta --password-stdin
(umask 077 && administer user token marta >/root/token)
trivium call newGroup --token-file /root/token --url $url 'name=Three Ways' category=cat:1 tags= description= image= \
    accessType=public registrationType=open moderationType=direct
before=$(groups)
case $before in *'Three Ways'*) ;; *) fail "the group is not in the response" ;; esac

step "  a secret in a file of root, as the configuration describes"
(umask 077 && echo 'a password of administrators' >/etc/trivium/admin-password)
mkdir /etc/systemd/system/trivium.service.d
sed -n '/\[Service\]/,/^#$/s/^# *\([[:alpha:]\[]\)/\1/p' $config >/etc/systemd/system/trivium.service.d/secret.conf
systemctl daemon-reload
systemctl restart trivium
trivium call newUser --url $url adminPassword='a password of administrators' login=marc \
    password='correct horse battery staple' firstName=Marc lastName= email=

step "  a reload"
process=$(property MainPID)
systemctl reload trivium
sleep 1
journalctl --unit trivium | grep --quiet "the settings were reloaded" || fail "it is not in the log"
expect "$process" "$(property MainPID)"
active

step "  a restart after a crash"
kill -KILL "$process"
for _ in $(seq 100); do
    if [ "$(property ActiveState)" = active ] && [ "$(property MainPID)" != "$process" ]; then break; fi
    sleep 0.1
done
active
expect "$before" "$(groups)"

step "  no restart with a wrong configuration"
cp -p $config /root/trivium.toml
echo 'liste = "127.0.0.1:8080"' >>$config
! systemctl restart trivium || fail "it starts"
sleep 3 # longer than RestartSec
expect failed "$(property ActiveState)"
expect 4 "$(property ExecMainStatus)"
cp -p /root/trivium.toml $config
systemctl reset-failed trivium
systemctl restart trivium

step "  an upgrade while the server runs and the configuration was edited"
process=$(property MainPID)
echo 'retention = "60d"' >>$config
keep "$next"
active
[ "$(property MainPID)" != "$process" ] || fail "the server still runs"
grep --quiet 'retention = "60d"' $config || fail "the edited configuration is lost"
grep --quiet 'next version' $config.dpkg-dist || fail "the new configuration is not beside it"
expect "root:trivium 640" "$(mode $config)"
expect "$before" "$(groups)"

step "  removal stops the server, and keeps the data and the configuration"
process=$(property MainPID)
dpkg --remove trivium
[ ! -e "/proc/$process" ] || fail "the server still runs"
[ ! -e /usr/bin/trivium ] || fail "the program is still there"
[ -e $config ] || fail "the configuration is gone"
[ -e /var/lib/trivium/trivium.db ] || fail "the database is gone"

step "  purging keeps the data, and what the administrator has added to the configuration"
dpkg --purge trivium
[ ! -e $config ] || fail "the configuration is still there"
expect "trivium:trivium 600" "$(mode /var/lib/trivium/trivium.db)"

step "  the commands of README.md install it again, and it finds the data"
(cd /root && sh -ex install.sh)
active
expect "$before" "$(groups)"
systemctl stop trivium
expect success "$(property Result)"
step "  passed"
