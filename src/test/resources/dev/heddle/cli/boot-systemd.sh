# Boots systemd with one unit, in namespaces and a control group of its own; root only. Nothing outside FOLDER is changed.
# boot-systemd.sh FOLDER TAR CGROUP JAVA_HOME: FOLDER is empty, TAR is the packed server, CGROUP a new group of version 2.
set -eu
echo $$ >"$3/cgroup.procs"
# shellcheck disable=SC2016
exec unshare -m -p -f -C -u -i -n --propagation private sh -euc '
ip link set lo up
mount -t proc proc /proc
mount -t tmpfs tmpfs "$1"
mkdir "$1/etc" "$1/work" "$1/units"
mount -t overlay overlay -o "lowerdir=/etc,upperdir=$1/etc,workdir=$1/work" /etc
for PLACE in /run /opt /var/lib /usr/lib/systemd/system-generators; do mount -t tmpfs tmpfs "$PLACE"; done
tar -xzf "$2" -C /opt
ln -s "$(basename "$2" .tar.gz)" /opt/heddle
mkdir /etc/heddle
cp /opt/heddle/etc/heddle.properties /etc/heddle/
echo "JAVA_HOME=$3" >/etc/heddle/environment
rm -rf /etc/systemd/system
mkdir /etc/systemd/system
cp /opt/heddle/systemd/heddle.service /etc/systemd/system/
for TARGET in sysinit basic shutdown network-online rescue emergency default; do
    printf "[Unit]\nDescription=%s\nDefaultDependencies=no\n" "$TARGET" >"$1/units/$TARGET.target"
done
mount --bind "$1/units" /usr/lib/systemd/system
umount -R /sys/fs/cgroup 2>/dev/null || umount -l /sys/fs/cgroup
mount -t cgroup2 cgroup2 /sys/fs/cgroup
exec env -i container=heddle PATH=/usr/sbin:/usr/bin:/sbin:/bin /lib/systemd/systemd --system --log-target=console --show-status=no
' sh "$1" "$2" "$4"
