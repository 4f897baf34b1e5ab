#!/bin/busybox sh
# What Linux runs beside Keel's bench: brings the disk, then does what it is told, a line at a time.
alias b=/bin/busybox
b mkdir -p /proc /sys
b mount -t proc proc /proc
b mount -t sysfs sysfs /sys
b mount -t devtmpfs devtmpfs /dev
for module in virtio_mmio virtio_blk; do
    b modprobe -q $module
done
for try in 1 2 3 4 5 6 7 8 9 10; do
    [ -b /dev/vda ] && break
    b sleep 1
done
# What starts late is not to be measured.
b sleep 5

# The kernel's log has microseconds, which not every busybox' dd tells.
stamp() {
    echo '<7>bench-stamp' >/dev/kmsg
}

# reads SIZE COUNT: one read, then COUNT of them; the times before, between and behind them.
reads() {
    stamp
    b dd if=/dev/vda of=/dev/null bs=$1 count=1 iflag=direct || return
    stamp
    b dd if=/dev/vda of=/dev/null bs=$1 count=$2 iflag=direct || return
    stamp
    b dmesg | b grep bench-stamp | b tail -n 3
}

while b printf 'PROMPT' && read -r line; do
    eval "$line"
done
